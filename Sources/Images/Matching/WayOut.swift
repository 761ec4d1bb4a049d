/// Which versions of a package one advisory does not affect any more: all of its ranges count, not only the one that the installed
/// version lies in.
package struct WayOut: Sendable, Hashable {
  /// The lowest fixed version; nil where none is known.
  package let fix: String?
  /// Where no version is called fixed: the last that is affected, every one behind which is out of all ranges; nil where no version
  /// is known to be.
  package let lastAffected: String?

  init(fix: String?, lastAffected: String?) {
    self.fix = fix
    self.lastAffected = lastAffected
  }

  /// - Parameters:
  ///   - verdict: that the installed version is affected.
  ///   - affected: the entry of the record that says so.
  ///   - all: every entry of the record about the package; empty where that one has but one range.
  init(
    _ verdict: Advisory.Affected.Verdict, _ affected: Advisory.Affected, _ all: [Advisory.Affected],
    _ order: VersionOrder?
  ) {
    let own =
      verdict.events.last { $0.kind == .fixed }?.version ?? (verdict.isListed ? affected.fixes.last : nil)
    let all = all.isEmpty ? [affected] : all
    guard let order, all.count > 1 || affected.ranges.count > 1 || own == nil else {
      self.init(fix: own, lastAffected: nil)
      return
    }
    func isOut(_ version: String) -> Bool { all.allSatisfy { $0.verdict(on: version)?.isAffected == false } }
    // What fixes the line of the installed version comes first, and what is older than it is no upgrade.
    let start = verdict.events.first { $0.kind == .introduced }?.version
    let later = all.flatMap(\.fixes).filter { fix in
      isOut(fix) && (start.map { $0 == "0" || order.decide($0, fix) == .less } ?? true)
    }.min { order.compare($0, $1) == .less }
    if let fix = own.flatMap({ isOut($0) ? $0 : nil }) ?? later ?? own {
      self.init(fix: fix, lastAffected: nil)
      return
    }
    let ends = all.flatMap(\.ranges).compactMap { range in
      range.last.flatMap { $0.kind == .lastAffected ? $0.version : nil }
    }
    let last = ends.max { order.compare($0, $1) == .less }
    // A range without an end holds whatever is later.
    let isOpen = all.flatMap(\.ranges).contains { range in
      range.last.map { $0.kind == .introduced || $0.isEndless } ?? true
    }
    self.init(fix: nil, lastAffected: isOpen ? nil : last)
  }
}
