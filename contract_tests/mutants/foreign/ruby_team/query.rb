# frozen_string_literal: true

require "date"
require "json"

# A call that is refused: its status, exception type and message.
class Refusal < StandardError
  attr_reader :status, :type

  def initialize(status, type, message)
    super(message)
    @status = status
    @type = type
  end
end

Query = Struct.new(:from, :to, :users, :flag, :index, :size)

# Reads the JSON body of a request into a Query, or refuses it.
class Reader
  LARGEST_PAGE = 1000

  def initialize(scenario, bugs)
    @scenario = scenario
    @bugs = bugs
    @errors = []
    @known = scenario.users.map { |user| user.email.downcase }
    @last_paging = nil
    @flag = nil
  end

  def read(content_type, text)
    check_type(content_type)
    body = parse(text)
    raise TypeError, "no implicit conversion of String into Integer" if body.is_a?(Array) && bug?("array-body-crashes")
    raise Refusal.new(400, "MXInvalidInputException", "The body must be a JSON object.") unless body.is_a?(Hash)

    from, to = range(body)
    index, size = paging(body)
    Query.new(from, to, users(body), flag(body), index, size)
  end

  private

  def bug?(name) = @bugs.bug?(name)

  def invalid(parameter, what = "value is not correct")
    refuse(@bugs.variant?("observed-statuses") ? 500 : 400, parameter, what)
  end

  # What has another JSON type than the page shows.
  def mistyped(parameter) = refuse(400, parameter, "value is not correct")

  def refuse(status, parameter, what)
    message = @bugs.variant?("other-wording") ? "Bad value: #{parameter}" : "Invalid Input! Parameter Name: #{parameter} #{what}."
    raise Refusal.new(status, "MXInvalidInputException", message)
  end

  def check_type(content_type)
    return if @bugs.variant?("any-content-type")

    plain = content_type.to_s
    plain = plain.split(";").first.to_s.strip.downcase unless bug?("charset-refused")
    raise Refusal.new(400, "MXInvalidInputException", "The content type must be application/json.") unless plain == "application/json"
  end

  def parse(text)
    text = text.dup.force_encoding(bug?("body-read-as-latin-1") ? "ISO-8859-1" : "UTF-8").encode("UTF-8")
    raise JSON::ParserError, "not UTF-8" unless text.valid_encoding?

    JSON.parse(text)
  rescue JSON::ParserError, EncodingError => e
    return { "FromDate" => @scenario.today.to_s, "ToDate" => @scenario.today.to_s, "Users" => @known } if bug?("broken-json-is-empty-query")
    raise if bug?("broken-json-crashes")

    raise Refusal.new(400, "MXInvalidInputException", "The body is not JSON: #{e.message[0, 60].scrub}")
  end

  def range(body)
    from = date(body, "FromDate")
    to = date(body, "ToDate")
    from, to = to, from if from > to && bug?("reversed-dates-swapped")
    to = [to, from + 100].min if bug?("long-range-cut")
    invalid("FromDate", "can't be greater than ToDate") if from > to && !bug?("reversed-dates-are-no-dates")
    invalid("ToDate", "can't be more than 100 days after FromDate") if too_long?(from, to)
    [from, to]
  end

  def too_long?(from, to)
    days = (to - from).to_i
    return false if bug?("range-unchecked")
    return days + 1 > 100 if bug?("hundred-days-inclusive")
    return days > 101 if bug?("hundred-and-one-days")
    return days > 31 if bug?("month-at-most")
    return to > from >> 3 if bug?("three-months-at-most")
    return days * 24 > 1000 if bug?("thousand-hours-at-most")
    return to.yday - from.yday > 100 if bug?("range-by-day-of-year")
    return days >= 366 if bug?("year-at-most")

    days > 100
  end

  def date(body, name)
    text = body[name]
    return @scenario.today if text.nil? && bug?("date-missing-is-today")

    invalid(name, "is mandatory") if text.nil?
    mistyped(name) unless text.is_a?(String) || bug?("bad-date-is-today") || bug?("bad-date-crashes")
    return lenient(text) if bug?("dates-parsed-leniently")
    return rolled(text) if bug?("impossible-dates-roll-over")
    return clamped(text) if bug?("impossible-dates-clamped")

    Date.strptime(text, "%Y-%m-%d").tap { invalid(name) unless text.match?(/\A\d{4}-\d\d-\d\d\z/) }
  rescue Date::Error, TypeError, NoMethodError
    return @scenario.today if bug?("bad-date-is-today")
    raise if bug?("bad-date-crashes")

    invalid(name)
  end

  def lenient(text)
    Date.parse(text)
  end

  def rolled(text)
    year, month, day = text.match(/\A(\d{4})-(\d\d)-(\d\d)\z/).captures.map(&:to_i)
    Date.new(year, month, 1) + (day - 1)
  end

  def clamped(text)
    year, month, day = text.match(/\A(\d{4})-(\d\d)-(\d\d)\z/).captures.map(&:to_i)
    Date.new(year, month, [day, Date.new(year, month, -1).day].min)
  end

  def users(body)
    users = body["Users"]
    return @known if users.nil? && bug?("users-missing-means-all")

    users = [users] if users.is_a?(String) && bug?("single-address-accepted")
    users = users.map { |one| one.is_a?(Numeric) ? one.to_s : one } if users.is_a?(Array) && @bugs.variant?("numbers-as-addresses")
    users = users.map(&:downcase) if users.is_a?(Array) && bug?("number-as-address-crashes")
    invalid("Users", "is mandatory") if users.nil?
    mistyped("Users") unless users.is_a?(Array) && users.all?(String)
    invalid("Users", "is mandatory") if users.empty? && !@bugs.variant?("no-users-empty-list")
    users = (@users = (@users || []) | users) if bug?("users-kept-between-calls")
    unknown(users)
    users
  end

  def unknown(users)
    missing = users.reject { |address| @known.include?(address.downcase) }
    return if missing.empty?

    raise NoMethodError, "undefined method `id' for nil:NilClass" if bug?("unknown-address-crashes")
    raise Refusal.new(404, "MXInvalidInputException", "No such user: #{missing.first}") if bug?("unknown-address-is-404")

    invalid("Users") if @bugs.variant?("unknown-refused")
  end

  def flag(body)
    flag = body["IncludeAllowedConflictSlots"]
    return flag.to_s == "true" if bug?("flag-read-as-text")
    return !flag.nil? && flag != "" if bug?("flag-truthy-when-present")
    return flag ? true : false if bug?("any-flag-accepted")

    flag = true if flag.nil? && bug?("flag-missing-is-true")
    flag = (@flag ||= flag) if bug?("flag-kept-between-calls")
    mistyped("IncludeAllowedConflictSlots") unless [nil, true, false].include?(flag)
    flag || false
  end

  def paging(body)
    paging = body["Paging"]
    invalid("Paging", "is mandatory") if paging.nil? && bug?("paging-mandatory")
    paging = @last_paging if paging.nil? && bug?("paging-kept-between-calls")
    @last_paging = paging
    paging ||= {}
    mistyped("Paging") unless paging.is_a?(Hash)
    index = paging.fetch("PageIndex", 1)
    size = paging.fetch("PageSize", @bugs.variant?("all-without-paging") || @bugs.variant?("rows-are-records") ? LARGEST_PAGE : 100)
    return [index.to_i, [size.to_i, 1].max] if bug?("paging-coerced")

    mistyped("PageIndex") unless index.is_a?(Integer)
    mistyped("PageSize") unless size.is_a?(Integer)
    invalid("PageIndex") unless (index >= 1 || bug?("page-index-unchecked"))
    invalid("PageSize") unless size >= 1
    return [index, [size, LARGEST_PAGE].min] if @bugs.variant?("large-page-size-cut")

    invalid("PageSize", "can not be more than #{LARGEST_PAGE}") if size > LARGEST_PAGE
    [index, bug?("page-size-at-most-two") ? [size, 2].min : size]
  end
end
