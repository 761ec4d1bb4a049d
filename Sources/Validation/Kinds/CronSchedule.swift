import Bytes
import Kube

/// The five fields of a schedule, or a word such as `@daily`.
///
/// Source: github.com/robfig/cron/v3 `parser.go`, `ParseStandard`.
enum CronSchedule {
  private struct Bounds {
    let least: Int
    let most: Int
    let names: [String]

    init(_ least: Int, _ most: Int, _ names: [String] = []) {
      self.least = least
      self.most = most
      self.names = names
    }
  }

  private static let fields = [
    Bounds(0, 59), Bounds(0, 23), Bounds(1, 31),
    Bounds(1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    Bounds(0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
  ]

  /// What is wrong with the schedule; nil for one that can be kept.
  static func fault(_ text: String) -> String? {
    if text.hasPrefix("@") {
      if ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"].contains(text) {
        return nil
      }
      if text.hasPrefix("@every ") {
        let duration = String(text.dropFirst(7))
        return SchemaFormat.holds("duration", duration) && !duration.contains(" ")
          ? nil : "failed to parse duration \(text): time: invalid duration \(GoText.quoted(duration))"
      }
      return "unrecognized descriptor: \(text)"
    }
    let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard parts.count == fields.count else {
      return "expected exactly 5 fields, found \(parts.count): [\(parts.joined(separator: " "))]"
    }
    for (part, bounds) in zip(parts, fields) {
      // An empty item is left out.
      for item in part.split(separator: ",") { if let fault = fault(item, bounds) { return fault } }
    }
    return nil
  }

  private static func fault(_ text: Substring, _ bounds: Bounds) -> String? {
    let steps = text.split(separator: "/", omittingEmptySubsequences: false)
    let ends = steps[0].split(separator: "-", omittingEmptySubsequences: false)
    var start: Int
    var end: Int
    let isSingle = ends.count == 1
    if ends[0] == "*" || ends[0] == "?" {
      start = bounds.least
      end = bounds.most
    } else {
      switch number(ends[0], bounds) {
      case .success(let value): start = value
      case .failure(let fault): return fault.detail
      }
      switch ends.count {
      case 1: end = start
      case 2:
        switch number(ends[1], bounds) {
        case .success(let value): end = value
        case .failure(let fault): return fault.detail
        }
      default: return "too many hyphens: \(text)"
      }
    }
    var step = 1
    switch steps.count {
    case 1: break
    case 2:
      switch number(steps[1], Bounds(0, 0)) {
      case .success(let value): step = value
      case .failure(let fault): return fault.detail
      }
      if isSingle { end = bounds.most }
    default: return "too many slashes: \(text)"
    }
    if start < bounds.least { return "beginning of range (\(start)) below minimum (\(bounds.least)): \(text)" }
    if end > bounds.most { return "end of range (\(end)) above maximum (\(bounds.most)): \(text)" }
    if start > end { return "beginning of range (\(start)) beyond end of range (\(end)): \(text)" }
    if step == 0 { return "step of range should be a positive number: \(text)" }
    return nil
  }

  private struct Fault: Error { let detail: String }

  private static func number(_ text: Substring, _ bounds: Bounds) -> Result<Int, Fault> {
    if let place = bounds.names.firstIndex(of: text.lowercased()) { return .success(place + bounds.least) }
    guard let value = Int(text) else {
      return .failure(
        Fault(
          detail:
            "failed to parse int from \(text): strconv.Atoi: parsing \(GoText.quoted(String(text))): invalid syntax"))
    }
    return value < 0 ? .failure(Fault(detail: "negative number (\(value)) not allowed: \(text)")) : .success(value)
  }
}
