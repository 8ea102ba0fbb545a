# frozen_string_literal: true

require "uri"
require_relative "answer"
require_relative "limiter"
require_relative "query"

Request = Struct.new(:method, :path, :query, :headers, :body, :peer)

# Answers one request with a status, headers and a body.
class Api
  PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"

  def initialize(scenario, bugs, access, secret, limited)
    @scenario = scenario
    @bugs = bugs
    @access = access
    @secret = secret
    @reader = Reader.new(scenario, bugs)
    @answer = Answer.new(scenario, bugs)
    @limiter = Limiter.new(limited ? scenario.limit : nil, scenario.window, bugs)
    @cache = {}
    @calls = 0
    @admitted = {}
  end

  def call(request)
    @calls += 1
    find(request)
    admit(request)
    limit(request)
    raise "pool exhausted" if bug?("pool-exhausted") && @calls > 40
    raise "deadlock victim" if bug?("every-tenth-call-fails") && (@calls % 10).zero?

    json(200, success(request))
  rescue Refusal => e
    @failed = e if bug?("failure-kept") && e.status == 400
    refuse(e)
  rescue StandardError => e
    html(500, "<html><body><h1>Internal Server Error</h1><pre>#{e.class}: #{e.message}</pre></body></html>")
  end

  private

  def bug?(name) = @bugs.bug?(name)

  def find(request)
    found = request.path == PATH
    found = request.path.start_with?("/v2/Task.svc/RetrieveAvailableSlots") if bug?("path-prefix-is-enough")
    found = request.path.end_with?("ByUserEmailAddress") if bug?("path-end-is-enough")
    raise Refusal.new(404, "MXNotFoundException", "The API could not be found. Please check the API signature.") unless found
    return if request.method == "POST" || (bug?("get-accepted") && request.method == "GET") || (bug?("any-method-accepted") && !request.body.empty?)

    raise Refusal.new(@bugs.variant?("method-404") ? 404 : 405, "MXNotFoundException", "There is no #{request.method} here.")
  end

  def admit(request)
    return if bug?("keys-unchecked") || (bug?("keys-remembered") && @admitted[request.peer])

    access, secret = keys(request)
    right = access == @access && secret == @secret
    right = access == @access if bug?("secret-unchecked")
    right = secret == @secret if bug?("access-key-unchecked")
    right = access == @access || secret == @secret if bug?("either-key-is-enough")
    right = access&.casecmp?(@access) && secret&.casecmp?(@secret) if bug?("keys-without-case")
    right = access && secret && !access.empty? && !secret.empty? if bug?("any-keys-accepted")
    right = access == @access && secret && @secret.start_with?(secret) if bug?("secret-prefix-accepted")
    right = access.to_s.strip == @access && secret.to_s[0, 40] == @secret if bug?("secret-cut-to-forty")
    right = access.nil? || right if bug?("no-keys-accepted")
    @admitted[request.peer] = true if right
    raise Refusal.new(401, "MXInvalidUserDetailsException", "Invalid User Details!") unless right
  end

  def keys(request)
    headers = [request.headers["x-lsq-accesskey"], request.headers["x-lsq-secretkey"]]
    query = [request.query["accessKey"], request.query["secretKey"]]
    query = query.map { |text| text&.gsub(/\$\w/, "") } if bug?("dollar-expanded")
    headers = [nil, nil] if bug?("headers-ignored")
    query = [nil, nil] if bug?("query-keys-ignored")
    headers, query = query, headers if @bugs.variant?("query-first")
    [headers[0] || query[0], headers[1] || query[1]]
  end

  def limit(request)
    key = @access
    key = request.body.hash if bug?("limit-per-body")
    key = request.peer if bug?("limit-per-connection")
    key = request.headers.key?("x-lsq-accesskey") if bug?("limit-per-way-of-keys")
    key = request.headers["user-agent"] if bug?("limit-per-user-agent")
    key = request.headers["x-forwarded-for"] || @access if bug?("limit-per-forwarded-address")
    return if @limiter.allow?(key)

    number = bug?("limit-message-of-plan") ? 20 : @scenario.limit
    status = @bugs.variant?("limit-in-200") ? 200 : 429
    status = 503 if bug?("limit-is-503")
    status = 401 if bug?("limit-is-401")
    sleep 1 if @bugs.variant?("slow-refusal")
    raise Refusal.new(status, "MXAPIRateLimitExceededException", "API calls exceeded the limit of #{number} in #{@scenario.window} second(s)")
  end

  def success(request)
    raise @failed if @failed

    return @cache[request.path] ||= answer(request) if bug?("cached-by-path")
    return @cache[request.body.bytesize] ||= answer(request) if bug?("cached-by-length")

    answer(request)
  end

  def answer(request)
    query = @reader.read(request.headers["content-type"], request.body)
    cache_key = query.users if bug?("cached-by-users")
    cache_key = [query.users, query.from, query.to] if bug?("cached-by-users-and-dates")
    cache_key = [query.users.sort, query.from, query.to, query.flag] if bug?("cached-without-paging")
    cache_key = [query.users.size, query.from, query.to, query.flag, query.index, query.size] if bug?("cached-by-number-of-users")
    cache_key = [query.users.first, query.from, query.to, query.flag, query.index, query.size] if bug?("cached-by-first-user")
    cache_key = [query.users, query.from.day, query.to.day, query.flag, query.index, query.size] if bug?("cached-by-day-of-month")
    return @answer.of(query) unless cache_key

    @cache[cache_key] ||= @answer.of(query)
  end

  def refuse(refusal)
    envelope = { "Status" => "Error", "ExceptionType" => refusal.type, "ExceptionMessage" => refusal.message }
    envelope["IsMXException"] = true if @bugs.variant?("extra-fields")
    envelope.delete("ExceptionType") if bug?("exception-type-left-out")
    envelope["ExceptionMessage"] = "" if bug?("exception-message-empty")
    envelope["Status"] = refusal.status if bug?("error-status-is-number")
    envelope = { "error" => refusal.message } if bug?("errors-in-house-form")
    envelope = { "Status" => "Error", "Error" => envelope } if bug?("error-nested")
    status = refusal.status
    status = 403 if status == 401 && bug?("bad-keys-are-403")
    status = 400 if status == 401 && bug?("bad-keys-are-400")
    status = 422 if status == 400 && bug?("bad-body-is-422")
    status = 200 if status == 400 && @bugs.variant?("errors-in-200")
    status = 200 if status == 404 && bug?("unknown-path-is-200")
    return html(404, "<html><body>Endpoint not found.</body></html>") if status == 404 && @bugs.variant?("html-404")
    return html(status, "") if bug?("errors-without-body")
    return [status, { "Content-Type" => "text/plain" }, refusal.message] if bug?("errors-as-text")

    json(status, envelope).tap { |answer| answer[1]["Allow"] = "POST" if status == 405 }
  end

  def html(status, text) = [status, { "Content-Type" => "text/html" }, text]

  def json(status, body)
    text = @bugs.variant?("pretty-json") ? JSON.pretty_generate(body) : JSON.generate(body)
    text = JSON.generate(body, ascii_only: true) if @bugs.variant?("ascii-json")
    text = JSON.generate(text) if bug?("json-in-json") && status == 200
    text = text.encode("UTF-16") if bug?("utf-16")
    text = text.encode("ISO-8859-1", undef: :replace) if bug?("latin-1-answer")
    headers = { "Content-Type" => content_type }
    headers["content-length"] = text.length.to_s if bug?("length-in-characters")
    headers["Transfer-Encoding"] = "chunked" if @bugs.variant?("chunked")
    headers["Connection"] = "close" if @bugs.variant?("connection-closed")
    [status, headers, text]
  end

  def content_type
    return "text/html" if bug?("content-type-html")
    return "text/plain; charset=utf-8" if bug?("content-type-text")
    return "application/x-json" if bug?("content-type-x-json")
    return "application/json" if @bugs.variant?("no-charset")

    "application/json; charset=utf-8"
  end
end
