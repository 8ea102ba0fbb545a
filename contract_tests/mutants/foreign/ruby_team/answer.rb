# frozen_string_literal: true

require "json"
require "securerandom"
require_relative "calendar"

# Writes the successful answer of one query: users paged, dates ascending.
class Answer
  def initialize(scenario, bugs)
    @scenario = scenario
    @bugs = bugs
    @calendar = Calendar.new(scenario, bugs)
    @recent = nil
  end

  def of(query)
    users = users_of(query)
    if bug?("request-in-instance-variable")
      @recent = users
      sleep 0.01
      users = @recent
    end
    dates = dates_of(query)
    return paged_rows(query, users, dates) if @bugs.variant?("rows-are-records")

    wrap(count(query, users, dates), grouped(query, page(users, query), dates))
  end

  private

  def bug?(name) = @bugs.bug?(name)

  def count(query, users, dates)
    return page(users, query).size if bug?("count-of-page")
    return dates.size if bug?("count-of-dates")
    return query.users.size if bug?("count-of-asked")
    return (users.size.to_f / query.size).ceil if bug?("count-of-pages")
    return users.count(&:template) if bug?("count-of-templated")
    return @scenario.users.size if bug?("count-of-account")
    return users.size.to_s if bug?("count-as-text")

    users.size
  end

  def paged_rows(query, users, dates)
    rows = dates.flat_map { |date| users.map { |user| [date, user] } }
    picked = query.index > rows.size ? [] : rows[(query.index - 1) * query.size, query.size] || []
    list = picked.group_by(&:first).map { |date, group| group_of(query, date, group.map(&:last), dates.first) }
    wrap(rows.size, list)
  end

  def grouped(query, users, dates)
    return [] if users.empty?
    return page(dates.map { |date| group_of(query, date, users_of(query), dates.first) }, query) if bug?("dates-paged")

    list = dates.map { |date| group_of(query, date, users, dates.first) }
    list = list.reverse if bug?("dates-descending")
    list = list.reject { |group| group[name("UserSlots")].all? { |slots| (slots[name("AvailableSlots")] || []).empty? } } if bug?("empty-dates-left-out")
    list
  end

  def group_of(query, date, users, first)
    kept = users.reject { |user| bug?("absent-users-left-out") && @calendar.entry(user, date, query.flag, first)[:reason] }
    kept = kept.sort_by { |user| user.email.sum * (date.day + 3) % 7 } if bug?("users-in-hash-order")
    slots = kept.map { |user| slots_of(query, user, date, first) }
    slots = slots.first if bug?("one-user-as-object") && slots.size == 1
    { name("Date") => print_date(date), name("UserSlots") => slots }
  end

  def slots_of(query, user, date, first)
    entry = @calendar.entry(user, date, query.flag, first)
    fields = { "UserId" => id(user), "EmailAddress" => email(user, query), "UserTimeZone" => zone_name(user.zone),
               "AvailableSlots" => entry[:available]&.map { |range| clock_range(range) },
               "Breaks" => entry[:breaks]&.map { |range| clock_range(range) },
               "BusySlots" => busy(entry[:busy]), "WorkDayTemplateTimeZone" => user.template && zone_name(user.template.zone),
               "NoSlotsReason" => reason(entry[:reason]) }
    adjust(fields, user)
    fields.transform_keys { |key| name(key) }
  end

  def adjust(fields, user)
    fields["Breaks"] = fields["Breaks"]&.map { |one| "#{one['StartTime']}-#{one['EndTime']}" } if bug?("breaks-as-text")
    fields["UserTimeZone"], fields["WorkDayTemplateTimeZone"] = fields.values_at("WorkDayTemplateTimeZone", "UserTimeZone") if bug?("zones-swapped")
    fields["WorkDayTemplateTimeZone"] ||= zone_name(user.zone) if bug?("user-zone-as-template-zone")
    fields["UserTimeZone"] = fields["WorkDayTemplateTimeZone"] || fields["UserTimeZone"] if bug?("template-zone-as-user-zone")
    fields.compact! if bug?("nulls-left-out")
    fields.delete("BusySlots") if fields["BusySlots"] == [] && bug?("empty-busy-left-out")
    fields.merge!("UserName" => "", "Team" => nil, "SlotCount" => fields["AvailableSlots"]&.size) if @bugs.variant?("extra-fields")
    fields.replace(fields.to_a.reverse.to_h) if @bugs.variant?("other-member-order")
  end

  def reason(text)
    return "" if text.nil? && bug?("reason-empty-text")
    return "None" if text.nil? && bug?("reason-none")
    return text&.downcase if bug?("reason-lower-case")
    return text&.gsub(/(?<=[a-z])(?=[A-Z])/, " ") if bug?("reason-with-spaces")
    return text.sub("NotScheduled", "Holiday") if text && bug?("not-scheduled-called-holiday")
    return "NotScheduled" if text && bug?("untemplated-called-not-scheduled")

    text
  end

  def id(user)
    return SecureRandom.uuid if bug?("id-new-each-time")
    return @scenario.users.index(user) + 1 if bug?("id-is-row-number")
    return @scenario.users.first.id if bug?("id-of-first-user")

    user.id
  end

  def email(user, query)
    return query.users.find { |asked| asked.casecmp?(user.email) } || user.email if bug?("address-as-asked")
    return user.email.downcase if bug?("address-lower-case")
    return user.email.encode("US-ASCII", undef: :replace, invalid: :replace) if bug?("address-ascii")

    user.email
  end

  def zone_name(zone)
    return zone.current_period.abbreviation.to_s if bug?("zone-abbreviation")
    return format("%<sign>s%<hours>02d:%<minutes>02d", clock_offset(zone)) if bug?("zone-as-offset")

    zone.identifier
  end

  def clock_offset(zone)
    offset = zone.current_period.observed_utc_offset
    { sign: offset.negative? ? "-" : "+", hours: offset.abs / 3600, minutes: offset.abs / 60 % 60 }
  end

  def name(text)
    return text[0].downcase + text[1..] if bug?("camel-case")
    return text.gsub(/(?<=[a-z])(?=[A-Z])/, "_").downcase if bug?("snake-case")

    text
  end

  def clock_range((start, finish))
    { name(bug?("start-without-time") ? "Start" : "StartTime") => clock(start), name(bug?("start-without-time") ? "End" : "EndTime") => clock(finish, last: true) }
  end

  def clock(seconds, last: false)
    seconds -= 1 if last && seconds == DAY && bug?("day-ends-a-second-early")
    seconds = seconds == DAY && !(bug?("day-ends-at-24") && last) ? 0 : seconds
    return seconds if bug?("times-as-seconds")

    hours, minutes, rest = seconds / 3600, seconds / 60 % 60, seconds % 60
    return format("%02d:%02d", hours, minutes) if bug?("times-without-seconds")
    return format("%02d:%02d:00", hours, minutes) if bug?("times-cut-to-minutes")
    return format("%d:%02d:%02d", hours, minutes, rest) if bug?("hours-not-padded")
    return format("%02d:%02d:%02d", (hours + 11) % 12 + 1, minutes, rest) if bug?("twelve-hour-clock")

    format("%02d:%02d:%02d", hours, minutes, rest)
  end

  def busy(pairs)
    return nil if pairs.empty? && @bugs.variant?("busy-null")

    pairs.map { |start, finish| { name("StartTime") => instant(start), name("EndTime") => instant(finish) } }
  end

  def instant(at)
    time = Time.at(at).utc
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if bug?("busy-iso")
    return time.strftime("%H:%M:%S") if bug?("busy-without-date")
    return time.strftime("%Y-%m-%d %I:%M:%S") if bug?("busy-twelve-hour")
    return time.strftime("%Y-%d-%m %H:%M:%S") if bug?("busy-day-before-month")
    return time.strftime("%Y-%m-%d %H:%m:%S") if bug?("busy-month-for-minutes")
    return time.strftime("%G-%m-%d %H:%M:%S") if bug?("busy-week-year")
    return "/Date(#{at}000+0000)/" if bug?("busy-wcf-date")

    time.strftime("%Y-%m-%d %H:%M:%S")
  end

  def print_date(date)
    return date.strftime("%G-%m-%d") if bug?("date-week-year")
    return date.strftime("%Y-%-m-%-d") if bug?("date-not-padded")
    return date.strftime("%d-%m-%Y") if bug?("date-day-first")
    return date.strftime("%Y-%m-%dT00:00:00") if bug?("date-with-time")
    return (date - 1).strftime("%Y-%m-%d") if bug?("date-label-a-day-early")

    date.strftime("%Y-%m-%d")
  end

  def users_of(query)
    known = @scenario.users.to_h { |user| [key(user.email), user] }
    users = query.users.map { |asked| known[key(asked)] }.compact
    users = query.users.map { |asked| known[key(asked)] || @scenario.users.first } if bug?("unknown-gets-first-user")
    users = users.uniq unless @bugs.variant?("duplicates-stay")
    users = users.first(5) if bug?("five-users-only")
    users = users.select(&:template) if bug?("untemplated-left-out")
    users = @scenario.users & users if @bugs.variant?("account-order")
    users = users.sort_by { |user| user.email.downcase } if @bugs.variant?("sorted-by-address")
    users = users.shuffle if bug?("users-shuffled")
    users
  end

  def key(address)
    return address.split("@").first.downcase if bug?("domain-ignored")
    return address.sub(/\+.*@/, "@").downcase if bug?("plus-tag-ignored")

    @bugs.variant?("case-matters") ? address : address.downcase
  end

  def page(users, query)
    return users if bug?("paging-ignored")

    return [] if query.index > users.size && !bug?("huge-page-crashes") && !bug?("last-page-repeats")

    index = bug?("page-from-zero") ? query.index : query.index - 1
    index = [index, [(users.size - 1) / query.size, 0].max].min if bug?("last-page-repeats")
    return users[index * query.size..(index + 1) * query.size] || [] if bug?("page-one-too-many")
    return users[index * (query.size + 1), query.size] || [] if bug?("page-skips-one")
    return users.each_slice(query.size).select { |slice| slice.size == query.size }[index] || [] if bug?("short-page-lost")
    return users.first(query.size) if bug?("page-index-ignored")

    users[index * query.size, query.size] || []
  end

  def dates_of(query)
    first, last = query.from, query.to
    last -= 1 if bug?("to-date-excluded")
    first += 1 if bug?("from-date-excluded")
    last += 1 if bug?("day-after-to-date")
    last = Date.new(first.year, first.month, -1) if last.month != first.month && bug?("stops-at-month-end")
    dates = (first..last).to_a
    dates = dates.first(31) if bug?("thirty-one-dates-only")
    dates = dates.reject { |date| date.day == 31 } if bug?("thirty-first-left-out")
    dates = dates.reject { |date| date.month == 2 && date.day == 29 } if bug?("leap-day-left-out")
    dates = dates.select { |date| date.yday >= first.yday } if bug?("day-of-year-compared")
    dates = local_steps(query, first, last) if bug?("steps-of-24-hours")
    dates
  end

  # Midnight of a zone with summer time, then 24 hours at a time.
  def local_steps(query, first, last)
    zone = users_of(query).map { |user| (user.template || user).zone }.first || TZInfo::Timezone.get("UTC")
    at = zone.local_to_utc(Time.utc(first.year, first.month, first.day)) { |periods| periods.first }
    dates = []
    while (date = zone.utc_to_local(at).to_date) <= last
      dates << Date.new(date.year, date.month, date.day)
      at += DAY
    end
    dates
  end

  def wrap(count, list)
    list = nil if list.empty? && @bugs.variant?("empty-list-null")
    body = { name("RecordCount") => count, name("List") => list }
    body.delete(name("List")) if list == [] && @bugs.variant?("empty-list-absent")
    body[name("List")] = list.to_h { |group| [group["Date"], group["UserSlots"]] } if bug?("list-keyed-by-date")
    body[name("Status")] = "Success" if bug?("status-success")
    body.merge!("PageCount" => 1, "IsMXException" => false) if @bugs.variant?("extra-fields")
    return list if bug?("bare-list")
    return { "Status" => "Success", "Message" => body } if bug?("wrapped-in-message")

    body.delete(name("RecordCount")) if bug?("count-left-out")
    body
  end
end
