# frozen_string_literal: true

require_relative "ranges"
require_relative "scenario"

# One calendar day of a zone: the pieces of UTC whose wall clock reads that date, each with its offset.
class ZoneDay
  attr_reader :midnight, :pieces

  def initialize(zone, date, bugs, first_date)
    @bugs = bugs
    @midnight = Time.utc(date.year, date.month, date.day).to_i
    @pieces = fixed_offset(zone, first_date)&.then { |offset| [[@midnight - offset, @midnight - offset + DAY, offset]] } || exact(zone)
  end

  # The parts of the wall clock, in seconds after midnight, that exist on this date.
  def existing
    @pieces.map { |from, to, offset| wall(from, to, offset) }
  end

  # What of an instant range the wall clock of this date shows.
  def on_the_wall(start, finish)
    pieces = @bugs.bug?("fold-first-only") ? @pieces.first(1) : @pieces
    pieces = @pieces.last(1) if @bugs.bug?("fold-last-only")
    pieces.filter_map do |from, to, offset|
      from = [from, start].max
      to = [to, finish].min
      wall(from, to, offset) if from < to
    end
  end

  def overlaps?(start, finish)
    return @pieces.any? { |from, to, _| start <= to && finish >= from } if @bugs.bug?("busy-touching")

    @pieces.any? { |from, to, _| start < to && finish > from }
  end

  private

  def wall(from, to, offset)
    [from + offset - @midnight, to + offset - @midnight]
  end

  def fixed_offset(zone, first_date)
    at = ->(instant) { zone.period_for(Time.at(instant).utc).observed_utc_offset }
    return at.call(Time.now.to_i) if @bugs.bug?("offset-of-today")
    return at.call(@midnight + DAY / 2) if @bugs.bug?("offset-of-noon")
    return at.call(@midnight) if @bugs.bug?("offset-at-utc-midnight")
    return at.call(Time.utc(first_date.year, first_date.month, first_date.day).to_i) if @bugs.bug?("offset-of-from-date")
    return zone.period_for(Time.at(@midnight).utc).base_utc_offset if @bugs.bug?("no-summer-time")
    return at.call(@midnight) / 3600 * 3600 if @bugs.bug?("whole-hour-offsets")
    return -at.call(@midnight) if @bugs.bug?("offset-sign")
    return at.call(@midnight).abs if @bugs.bug?("offset-always-east")

    19_800 if @bugs.bug?("everyone-in-india")
  end

  def exact(zone)
    early = Time.at(@midnight - 2 * DAY).utc
    turns = zone.transitions_up_to(Time.at(@midnight + 2 * DAY).utc, early)
    bounds = [early.to_i, *turns.map(&:timestamp_value), @midnight + 2 * DAY]
    offsets = [zone.period_for(early).observed_utc_offset, *turns.map { |turn| turn.offset.observed_utc_offset }]
    bounds.each_cons(2).zip(offsets).filter_map do |(from, to), offset|
      from = [from, @midnight - offset].max
      to = [to, @midnight - offset + DAY].min
      [from, to, offset] if from < to
    end
  end
end

# Says what one user's one date looks like, as the fields of a UserSlots entry.
class Calendar
  def initialize(scenario, bugs)
    @scenario = scenario
    @bugs = bugs
    @days = {}
    @memo = {}
    @near = {}
  end

  def entry(user, date, flag, first_date)
    return @memo[[user.email, date]] ||= build(user, date, flag, first_date) if bug?("memo-without-flag")

    build(user, date, flag, first_date)
  end

  private

  def bug?(name) = @bugs.bug?(name)

  def build(user, date, flag, first_date)
    @first_date = first_date
    reason = reason_of(user, date)
    open = reason.nil? || (reason == "Holiday" && bug?("holiday-keeps-slots")) || (reason == "Leave" && bug?("leave-keeps-slots"))
    available = open ? free(user, date, flag) : nothing(reason)
    breaks = open ? breaks_of(user, date, available) : nothing(reason)
    reason = "NotScheduled" if open && available == [] && bug?("booked-out-is-not-scheduled")
    reason = "Leave" if open && available == [] && bug?("booked-out-is-leave")
    available = nil if open && available == [] && bug?("booked-out-is-null")
    available = [[0, DAY - 1]] if reason == "WorkDayTemplateNotDefined" && bug?("untemplated-all-day")
    { available: available, breaks: breaks, busy: busy(user, date, flag, reason), reason: reason }
  end

  def nothing(reason)
    return bug?("untemplated-empty-lists") ? [] : nil if reason == "WorkDayTemplateNotDefined"

    @bugs.variant?("absent-null") ? nil : []
  end

  def reason_of(user, date)
    return "WorkDayTemplateNotDefined" unless user.template

    holiday = holiday?(user, date)
    leave = leave?(user, date)
    return "NotScheduled" if @bugs.variant?("not-scheduled-first") && shift_pieces(user.template, date).empty?
    return "Leave" if leave && @bugs.variant?("leave-before-holiday")
    return bug?("holiday-called-leave") ? "Leave" : "Holiday" if holiday
    return bug?("leave-called-holiday") ? "Holiday" : "Leave" if leave

    "NotScheduled" if shift_pieces(user.template, date).empty?
  end

  def holiday?(user, date)
    dates = bug?("holidays-of-everyone") ? @scenario.users.map(&:holidays).reduce(:+) : user.holidays
    return false if bug?("holidays-forgotten") || (bug?("holidays-forgotten-at-weekends") && date.saturday?)
    return dates.any? { |day| [day.month, day.day] == [date.month, date.day] } if bug?("holidays-every-year")
    return dates.include?(date + 1) if bug?("holidays-a-day-early")

    dates.include?(date)
  end

  def leave?(user, date)
    return false if bug?("leaves-forgotten")

    leaves = bug?("leaves-of-everyone") ? @scenario.users.flat_map(&:leaves) : user.leaves
    leaves = leaves.first(1) if bug?("first-leave-only")
    whole = bug?("partial-leave-takes-day") ? leaves : leaves.reject(&:range)
    return whole.any? { |leave| date >= leave.from && date < leave.to } if bug?("leave-end-excluded")
    return whole.any? { |leave| date == leave.from } if bug?("leave-first-day-only")

    whole.any? { |leave| date >= leave.from && date <= leave.to }
  end

  def shift_pieces(template, date)
    pieces_of(template.shifts, date, "shift")
  end

  # A weekday's spans cut at midnight, with what the evening before left over.
  def pieces_of(week, date, kind)
    weekday = weekday_of(date)
    own = week[weekday]
    before = bug?("overnight-tail-of-own-day") ? own : week[(weekday + 6) % 7]
    tails = before.select { |_, finish| finish > DAY }.map { |_, finish| [0, finish - DAY] }
    tails = [] if bug?("overnight-tail-lost") || (kind == "break" && bug?("overnight-break-tail-lost"))
    heads = own.map { |start, finish| [start, [finish, DAY].min] }
    heads = own.reject { |_, finish| finish > DAY } if bug?("overnight-head-lost")
    heads.concat(own.select { |_, finish| finish > DAY }.map { |_, finish| [0, finish - DAY] }) && tails = [] if bug?("overnight-tail-on-same-date")
    heads = heads.first(1) if kind == "shift" && bug?("second-shift-lost")
    tails + heads
  end

  def weekday_of(date)
    return date.wday if bug?("week-starts-on-sunday")
    return [date.cwday, 5].min - 1 if bug?("weekend-like-friday")

    date.cwday - 1
  end

  def day(zone, date)
    key = bug?("zone-day-by-date-only") ? date : [zone.identifier, date, bug?("offset-of-from-date") && @first_date]
    @days[key] ||= ZoneDay.new(zone, date, @bugs, @first_date)
  end

  def zone_of(user)
    return user.zone if bug?("user-zone-everywhere")
    return @scenario.users.find(&:template).template.zone if user.template && bug?("first-users-zone")
    return TZInfo::Timezone.get("UTC") if bug?("utc-everywhere") || (user.template.nil? && @bugs.variant?("untemplated-utc"))

    user.template ? user.template.zone : user.zone
  end

  def free(user, date, flag)
    day = day(zone_of(user), date)
    shifts = shift_pieces(user.template, date)
    ranges = Ranges.merge(shifts.map(&:dup), @bugs)
    ranges = Ranges.intersect(ranges, day.existing) unless bug?("gap-stays")
    ranges = Ranges.merge(ranges, @bugs) if day.pieces.size > 1
    ranges = Ranges.subtract(ranges, partial_leaves(user, date) + blocked(user, date, day, flag), @bugs)
    ranges = Ranges.subtract(ranges, pieces_of(user.template.breaks, date, "break"), @bugs) if bug?("breaks-taken-out")
    ranges = ranges.flat_map { |start, finish| start.step(finish - 1, 1800).map { |at| [at, [at + 1800, finish].min] } } if bug?("half-hour-slots")
    ranges = ranges.select { |start, finish| finish - start >= 900 } if bug?("short-ranges-dropped")
    ranges = ranges.reverse if bug?("slots-descending")
    user.template.shifts[weekday_of(date)].replace(ranges) if bug?("template-overwritten")
    shift_to_print(ranges, user, date)
  end

  def shift_to_print(ranges, user, date)
    offset = ->(zone) { zone.period_for(Time.utc(date.year, date.month, date.day, 12)).observed_utc_offset }
    by = if bug?("slots-in-utc") then -offset.call(user.template.zone)
         elsif bug?("slots-in-user-zone") then offset.call(user.zone) - offset.call(user.template.zone)
         else 0
         end
    by.zero? ? ranges : ranges.map { |start, finish| [(start + by) % DAY, (finish + by) % DAY] }
  end

  def blocked(user, date, day, flag)
    return [] if bug?("tasks-do-not-block")

    flag = !flag if bug?("flag-inverted")
    flag = true if @bugs.variant?("conflicts-available")
    flag = false if bug?("flag-always-false")
    tasks = near(user, date)
    tasks = flag ? tasks.reject(&:allows_conflicts) : tasks
    tasks = near(user, date).select(&:allows_conflicts) if flag && bug?("flag-true-blocks-wrong-kind")
    tasks = tasks.select { |task| day.overlaps?(task.start, task.start + 1) } if bug?("task-blocks-first-day-only")
    tasks = tasks.select { |task| day.overlaps?(task.start, task.start + 1) || day.overlaps?(task.finish - 1, task.finish) } if bug?("task-middle-days-free")
    tasks.flat_map { |task| day.on_the_wall(*rounded(task)) }
  end

  # The tasks that a date can have in some zone.
  def near(user, date)
    @near[[user.email, date]] ||= begin
      midnight = Time.utc(date.year, date.month, date.day).to_i
      user.tasks.select { |task| task.start < midnight + 2 * DAY && task.finish > midnight - DAY }
    end
  end

  def rounded(task)
    return [task.start / 60 * 60, task.finish / 60 * 60] if bug?("tasks-cut-to-minutes")
    return [task.start / 1800 * 1800, -(-task.finish / 1800) * 1800] if bug?("tasks-grown-to-half-hours")
    return [task.start, task.start + 1800] if bug?("tasks-half-hour-long")

    [task.start, task.finish]
  end

  def partial_leaves(user, date)
    return [] if @bugs.variant?("partial-leave-ignored")

    spans = user.leaves.select { |leave| leave.range && date >= leave.from && date <= leave.to }.map(&:range)
    offset = zone_of(user).period_for(Time.utc(date.year, date.month, date.day, 12)).observed_utc_offset
    spans = spans.map { |start, finish| [start + offset, finish + offset] } if bug?("partial-leave-in-utc")
    spans.map { |start, finish| [start, [finish, DAY].min] }
  end

  def breaks_of(user, date, available)
    return [] if bug?("breaks-forgotten") || (bug?("breaks-gone-when-booked-out") && available.empty?)

    pieces = pieces_of(user.template.breaks, date, "break").sort
    pieces = pieces_of(user.template.breaks, date - (date.cwday - 1), "break").sort if bug?("breaks-of-monday")
    pieces = Ranges.intersect(pieces, available) if bug?("breaks-cut-by-tasks")
    pieces = user.template.breaks.flatten(1).uniq.sort if bug?("breaks-of-whole-week")
    shift_breaks(pieces, user, date)
  end

  def shift_breaks(pieces, user, date)
    return pieces unless bug?("breaks-in-user-zone")

    offset = ->(zone) { zone.period_for(Time.utc(date.year, date.month, date.day, 12)).observed_utc_offset }
    by = offset.call(user.zone) - offset.call(user.template.zone)
    pieces.map { |start, finish| [(start + by) % DAY, (finish + by) % DAY] }
  end

  def busy(user, date, flag, reason)
    return [] if (bug?("busy-only-on-working-days") && reason) || (bug?("busy-needs-template") && user.template.nil?)

    zone = bug?("busy-by-user-date") ? user.zone : zone_of(user)
    zone = TZInfo::Timezone.get("UTC") if bug?("busy-by-utc-date")
    day = day(zone, date)
    picked = near(user, date).reject { |task| task.allows_conflicts && !bug?("busy-lists-all-tasks") && !(bug?("busy-follows-flag") && flag) }
    picked = [] if bug?("busy-empty-with-flag") && flag
    picked = picked.select { |task| day.overlaps?(task.start, bug?("busy-by-start-only") ? task.start + 1 : task.finish) }
    picked = picked.select { |task| in_shift?(task, day, shift_pieces(user.template, date)) } if bug?("busy-in-shifts-only") && user.template
    list_busy(picked.map { |task| [task.start, task.finish] }, day, user)
  end

  def in_shift?(task, day, shifts)
    Ranges.intersect(day.on_the_wall(task.start, task.finish), shifts).any?
  end

  def list_busy(pairs, day, user)
    pairs = bug?("busy-in-file-order") ? pairs : pairs.sort
    pairs = pairs.sort_by { |start, finish| [finish, start] } if bug?("busy-sorted-by-end")
    pairs = pairs.sort.reverse if bug?("busy-descending")
    pairs = pairs.uniq if bug?("busy-without-duplicates")
    pairs = Ranges.merge(pairs.map(&:dup), @bugs) if bug?("busy-merged")
    pairs = pairs.map { |start, finish| [[start, day.pieces.first[0]].max, [finish, day.pieces.last[1]].min] } if bug?("busy-clipped")
    pairs = pairs.first(10) if bug?("busy-first-ten")
    pairs = pairs.map { |start, finish| [start, finish - 1] } if bug?("busy-end-inclusive")
    zone = user.zone if bug?("busy-in-user-zone")
    zone = zone_of(user) if bug?("busy-in-template-zone")
    return pairs unless zone

    pairs.map { |pair| pair.map { |at| at + zone.period_for(Time.at(at).utc).observed_utc_offset } }
  end
end
