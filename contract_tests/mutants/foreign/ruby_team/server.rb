# frozen_string_literal: true

require "optparse"
require "socket"
require "webrick"
require_relative "api"

# The mistakes and the lawful choices that one server was started with.
class Switches
  def initialize(bugs: [], variants: [])
    @bugs = bugs
    @variants = variants
  end

  def bug?(name) = @bugs.include?(name)

  def variant?(name) = @variants.include?(name)
end

# Writes head and body of an answer without waiting between them.
class PromptServer < WEBrick::HTTPServer
  def run(socket)
    socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    super
  end
end

# Hands every request of WEBrick to an Api.
class Servlet < WEBrick::HTTPServlet::AbstractServlet
  def service(request, response)
    api = @options.first
    headers = {}
    request.each { |name, value| headers[name.downcase] = value }
    query = URI.decode_www_form(request.query_string.to_s).to_h
    body = (request.body || "" rescue "") # rubocop:disable Style/RescueModifier
    call = Request.new(request.request_method, request.path, query, headers, body, request.peeraddr.values_at(1, 3))
    status, fields, text = api.call(call)
    response.status = status
    fields.each { |name, value| name == "Transfer-Encoding" ? response.chunked = true : response[name] = value }
    response.body = text.b
    response.keep_alive = false if fields["Connection"] == "close"
  end
end

DESCRIBED = Tomlrb.load_file(File.join(__dir__, "bugs.toml"))

def list(kind) = DESCRIBED.fetch(kind).each { |entry| puts "#{entry['name']}: #{entry['says']}" }

def names(kind) = DESCRIBED.fetch(kind).map { |entry| entry["name"] }

account = ENV.values_at("LSQ_ACCESS_KEY", "LSQ_SECRET_KEY").compact.join(":")
account = "u$r0123456789abcdef0123456789abcdef:0123456789abcdef0123456789abcdef01234567" unless account.include?(":")
options = { bugs: [], variants: [], account: account, limited: true }
OptionParser.new do |parser|
  parser.banner = "usage: ruby server.rb SCENARIO.toml [--bug NAME]... [--variant NAME]..."
  parser.on("--bug NAME") { |name| options[:bugs] << name }
  parser.on("--variant NAME") { |name| options[:variants] << name }
  parser.on("--account ACCESS:SECRET") { |text| options[:account] = text }
  parser.on("--no-rate-limit") { options[:limited] = false }
  parser.on("--list-bugs") { list("bug") && exit }
  parser.on("--list-variants") { list("variant") && exit }
end.parse!

unknown = (options[:bugs] - names("bug")) + (options[:variants] - names("variant"))
abort "unknown: #{unknown.join(' ')}" unless unknown.empty?

switches = options[:bugs].map { |name| [name, Switches.new(bugs: [name])] }
switches += options[:variants].map { |name| [name, Switches.new(variants: [name])] }
switches << ["-", Switches.new] if switches.empty?
access, secret = options[:account].split(":", 2)
document = Tomlrb.load_file(ARGV.fetch(0))
threads = switches.map do |name, chosen|
  scenario = Scenario.new(document)
  server = PromptServer.new(BindAddress: "127.0.0.1", Port: 0, AccessLog: [], DoNotReverseLookup: true,
                              Logger: WEBrick::Log.new($stderr, WEBrick::Log::FATAL))
  server.mount("/", Servlet, Api.new(scenario, chosen, access, secret, options[:limited]))
  thread = Thread.new { server.start }
  puts "#{name} http://127.0.0.1:#{server.config[:Port]}"
  thread
end
$stdout.flush
threads.each(&:join)
