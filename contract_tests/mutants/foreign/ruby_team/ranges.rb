# frozen_string_literal: true

# Ranges of seconds as pairs [start, end), end excluded; `bugs` answers bug?(name).
module Ranges
  module_function

  def merge(ranges, bugs)
    return ranges if bugs.bug?("merge-nothing")

    sorted = bugs.bug?("merge-unsorted") ? ranges : ranges.sort
    sorted.each_with_object([]) do |(start, finish), merged|
      touches = merged.any? && (bugs.bug?("merge-overlaps-only") ? start < merged.last[1] : start <= merged.last[1])
      if touches
        merged.last[1] = bugs.bug?("merge-takes-last-end") ? finish : [merged.last[1], finish].max
      else
        merged << [start, finish]
      end
    end
  end

  def intersect(ranges, others)
    ranges.flat_map do |start, finish|
      others.map { |other_start, other_end| [[start, other_start].max, [finish, other_end].min] }
    end.select { |start, finish| start < finish }
  end

  def subtract(ranges, holes, bugs)
    holes = holes.sort unless bugs.bug?("holes-unsorted")
    holes = holes.first(1) if bugs.bug?("first-hole-only")
    holes = holes.last(1) if bugs.bug?("last-hole-only")
    ranges.flat_map { |range| subtract_from_one(range, holes, bugs) }
  end

  def subtract_from_one((start, finish), holes, bugs)
    left = []
    cursor = start
    holes.each do |hole_start, hole_end|
      next if hole_end <= cursor && !bugs.bug?("cursor-moves-back")
      next if hole_end <= start
      break if hole_start >= finish
      next if bugs.bug?("inside-holes-only") && (hole_start < start || hole_end > finish)

      left << [cursor, hole_start] if cursor < hole_start || (bugs.bug?("empty-ranges-kept") && cursor == hole_start)
      cursor = bugs.bug?("hole-end-inclusive") ? hole_end + 1 : hole_end
      return left if bugs.bug?("tail-after-hole-lost")
    end
    left << [cursor, finish] if cursor < finish || (bugs.bug?("empty-ranges-kept") && cursor == finish)
    left
  end
end
