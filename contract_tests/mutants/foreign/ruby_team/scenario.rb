# frozen_string_literal: true

require "date"
require "digest"
require "set"
require "tomlrb"
require "tzinfo"

Template = Struct.new(:name, :zone, :shifts, :breaks)
Task = Struct.new(:start, :finish, :allows_conflicts)
Leave = Struct.new(:from, :to, :range)
User = Struct.new(:email, :id, :zone, :template, :holidays, :leaves, :tasks)

DAY = 86_400
WEEKDAYS = %w[monday tuesday wednesday thursday friday saturday sunday].freeze
GROUPS = { "weekdays" => WEEKDAYS.first(5), "weekend" => WEEKDAYS.last(2), "every-day" => WEEKDAYS }.freeze

# The account that a scenario file describes.
class Scenario
  attr_reader :users, :limit, :window, :today

  def initialize(data)
    @types = data.fetch("task-type", []).to_h { |type| [type["name"], type["allow-conflicts"]] }
    @templates = data.fetch("template", []).to_h { |entry| [entry["name"], template(entry)] }
    @users = data.fetch("user", []).map { |entry| user(entry) }
    @limit, @window = rate(data.fetch("rate-limit", "25/5s"))
    @today = (data["now"] || Time.now).to_time.utc.to_date
  end

  private

  def rate(text)
    return [nil, nil] if text == "none"

    calls, seconds = text.delete_suffix("s").split("/").map(&:to_i)
    [calls, seconds]
  end

  def template(entry)
    Template.new(entry["name"], zone(entry["zone"]), week(entry["shifts"]), week(entry["breaks"]))
  end

  def zone(name)
    TZInfo::Timezone.get(name || "UTC")
  end

  # Seconds of each weekday; an end at or before its start is over midnight and is counted from the same midnight.
  def week(table)
    hours = WEEKDAYS.to_h { |day| [day, []] }
    (table || {}).each { |key, texts| GROUPS.fetch(key, [key]).each { |day| hours[day] += texts.map { |text| span(text) } } }
    WEEKDAYS.map { |day| hours[day] }
  end

  def span(text)
    start, finish = text.split("-").map { |clock| clock.strip.split(":").map(&:to_i).zip([3600, 60, 1]).sum { |n, unit| n * unit } }
    finish += DAY if finish <= start
    [start, finish]
  end

  def user(entry)
    User.new(entry["email"], entry["id"] || id_of(entry["email"]), zone(entry["zone"]), entry["template"] && @templates.fetch(entry["template"]),
             holidays(entry["holidays"]), entry.fetch("leaves", []).map { |one| leave(one) }, entry.fetch("tasks", []).map { |one| task(one) })
  end

  def id_of(email)
    hex = Digest::SHA1.hexdigest(email)
    [hex[0, 8], hex[8, 4], "5#{hex[13, 3]}", "a#{hex[17, 3]}", hex[20, 12]].join("-")
  end

  def holidays(dates)
    abort "holidays by country are not supported: write the dates" if dates.is_a?(String)
    (dates || []).map { |date| date.to_time.utc.to_date }.to_set
  end

  def leave(entry)
    from = (entry["from"] || entry["date"]).to_time.utc.to_date
    Leave.new(from, (entry["to"] || from).to_time.then { |time| entry["to"] ? time.utc.to_date : from }, entry["time"] && span(entry["time"]))
  end

  def task(entry)
    Task.new(entry["start"].to_i, entry["end"].to_i, @types.fetch(entry["type"], false))
  end
end
