# frozen_string_literal: true

# Counts the calls of an account: at most `limit` within any `window` seconds.
class Limiter
  def initialize(limit, window, bugs)
    @limit = limit
    @window = window
    @bugs = bugs
    @calls = Hash.new { |all, key| all[key] = [] }
    @lock = Mutex.new
  end

  # `key` is the account's; the bugs count by something else.
  def allow?(key)
    return true if @limit.nil? || bug?("limit-forgotten")
    return race(@calls[key]) if bug?("limit-race")

    @lock.synchronize { count(@calls[key]) }
  end

  private

  def bug?(name) = @bugs.bug?(name)

  def limit
    return @limit + 1 if bug?("limit-one-too-many")
    return @limit - 1 if bug?("limit-one-too-few")
    return @limit * 2 if bug?("limit-doubled-by-workers")

    @limit
  end

  def window
    return 1 if bug?("window-one-second")
    return 60 if bug?("window-a-minute")
    return 0.005 if bug?("window-in-milliseconds")

    @window
  end

  def count(calls)
    now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    if @bugs.variant?("fixed-window")
      calls.clear if calls.any? && now - calls.first >= window
    elsif @bugs.variant?("window-by-the-clock")
      calls.reject! { |at| (at / window).floor != (now / window).floor }
    else
      calls.reject! { |at| now - at >= window } unless bug?("limit-for-ever")
    end
    allowed = calls.size < limit
    calls << now if allowed || @bugs.variant?("refused-count")
    allowed
  end

  def race(calls)
    now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    recent = calls.count { |at| now - at < window }
    sleep 0.02
    calls << now
    recent < limit
  end
end
