# From a clone to a passing test of a 429, in Ruby with nothing but the standard library and minitest.
#
#   git clone REPOSITORY slots && make -C slots serve        # in another terminal: http://127.0.0.1:8255
#   ruby slots/docker/recipes/ruby/limit_test.rb
require "json"
require "minitest/autorun"
require "net/http"

ROOT = ENV.fetch("LSQ_BASE_URL", "http://127.0.0.1:8255")

# The application under test: its client knows nothing of an emulator.
class Slots
  def initialize(root, access_key, secret_key)
    @uri = URI("#{root}/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress")
    @headers = { "Content-Type" => "application/json", "x-LSQ-AccessKey" => access_key, "x-LSQ-SecretKey" => secret_key }
  end

  def on(date, user)
    body = { "FromDate" => date, "ToDate" => date, "Users" => [user], "IncludeAllowedConflictSlots" => false }
    Net::HTTP.post(@uri, JSON.generate(body), @headers)
  end
end

class LimitTest < Minitest::Test
  def admin(path, body)
    reply = Net::HTTP.post(URI("#{ROOT}/__admin#{path}"), JSON.generate(body), "Content-Type" => "application/json")
    assert_kind_of Net::HTTPSuccess, reply, reply.body
    JSON.parse(reply.body)
  end

  def test_the_fourth_call_is_refused_until_the_window_has_passed
    account = admin("/accounts", { "rateLimit" => "3/5s", "now" => "2026-03-02T03:30:00Z" })
    slots = Slots.new(ROOT, account["accessKey"], account["secretKey"])
    3.times { assert_equal "200", slots.on("2026-03-02", "zoo@lsqdev.in").code }
    refused = slots.on("2026-03-02", "zoo@lsqdev.in")
    assert_equal "429", refused.code
    assert_equal "MXAPIRateLimitExceededException", JSON.parse(refused.body)["ExceptionType"]
    admin("/clock/advance?account=#{URI.encode_www_form_component(account["accessKey"])}", { "seconds" => 5 })
    assert_equal "200", slots.on("2026-03-02", "zoo@lsqdev.in").code
  end
end
