/// A report of kube-bench, which we write and read: targets, sections and checks with their states.
package struct KubeBenchReport: Sendable, Equatable {
  package var controls: [Controls]
  /// Whether it holds the sum over all controls.
  package var hasTotals: Bool

  package init(controls: [Controls], hasTotals: Bool = true) {
    self.controls = controls
    self.hasTotals = hasTotals
  }

  /// Counts of states.
  package struct Summary: Sendable, Equatable {
    package var pass = 0
    package var fail = 0
    package var warn = 0
    package var info = 0

    package init(pass: Int = 0, fail: Int = 0, warn: Int = 0, info: Int = 0) {
      self.pass = pass
      self.fail = fail
      self.warn = warn
      self.info = info
    }

    package mutating func count(_ state: KubeBenchState) {
      switch state {
      case .pass: pass += 1
      case .fail: fail += 1
      case .warn: warn += 1
      case .info: info += 1
      }
    }

    /// Sums stop at the largest integer: counts may come from a file.
    package mutating func add(_ other: Summary) {
      pass = Self.sum(pass, other.pass)
      fail = Self.sum(fail, other.fail)
      warn = Self.sum(warn, other.warn)
      info = Self.sum(info, other.info)
    }

    var total: Int { [fail, pass, warn, info].reduce(0, Self.sum) }

    private static func sum(_ a: Int, _ b: Int) -> Int {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? .max : sum
    }
  }

  /// The results of one file of definitions.
  package struct Controls: Sendable, Equatable {
    package var id = ""
    package var version = ""
    package var detectedVersion = ""
    package var text = ""
    package var nodeType = ""
    package var groups: [Group] = []
    package var summary = Summary()

    package init(id: String = "", version: String = "", text: String = "", nodeType: String = "") {
      self.id = id
      self.version = version
      self.text = text
      self.nodeType = nodeType
    }
  }

  /// A section with its checks and their counts.
  package struct Group: Sendable, Equatable {
    package var id = ""
    package var type = ""
    package var text = ""
    package var summary = Summary()
    package var checks: [Check] = []

    package init(id: String = "", text: String = "") {
      self.id = id
      self.text = text
    }
  }

  /// The result of a check, with what kube-bench tells of it.
  package struct Check: Sendable, Equatable {
    package var id = ""
    package var text = ""
    package var audit = ""
    package var auditEnv = ""
    package var auditConfig = ""
    package var type = ""
    package var remediation = ""
    /// Nil where it is not known.
    package var testInfo: [String]?
    package var state: KubeBenchState = .warn
    package var actual = ""
    package var isScored = false
    package var usesMultipleValues = false
    package var expected = ""
    package var reason = ""

    package init() {}
  }

  /// The edition of ours that all of it is of; nil for any other benchmark, and where it does not say.
  package var edition: BenchmarkEdition? {
    let versions = Set(controls.map(\.version))
    guard versions.count == 1, let version = versions.first, version.hasPrefix("cis-") else { return nil }
    return BenchmarkEdition(name: version)
  }

  package var totals: Summary {
    var sum = Summary()
    for controls in controls { sum.add(controls.summary) }
    return sum
  }

  /// Adds the results of a file of definitions.
  ///
  /// - Parameters:
  ///   - includes: whether a check of a group is to be judged.
  ///   - skipped: ids of groups and checks whose state is INFO whatever they say.
  ///   - answer: gives the outcome of an audit.
  package mutating func add(
    _ definition: BenchmarkDefinition, detectedVersion: String,
    includes: (BenchmarkDefinition.Group, DefinitionCheck) -> Bool,
    skipped: Set<String>, answer: (String) -> AuditAnswer
  ) {
    var controls = Controls(
      id: definition.id, version: definition.version, text: definition.text, nodeType: definition.nodeType)
    controls.detectedVersion = detectedVersion
    for group in definition.groups {
      for check in group.checks where includes(group, check) {
        var check = check
        if group.type == "skip" || skipped.contains(group.id) || skipped.contains(check.id) { check.type = "skip" }
        let verdict = check.evaluate(answer)
        var result = Check()
        result.id = check.id
        result.text = check.text
        result.audit = check.audit
        result.auditEnv = check.auditEnv
        result.auditConfig = check.auditConfig
        result.type = check.type
        result.remediation = check.remediation
        result.testInfo = [check.remediation]
        result.state = verdict.state
        result.actual = verdict.actual
        result.isScored = check.isScored
        result.usesMultipleValues = check.usesMultipleValues
        result.expected = verdict.expected
        result.reason = verdict.reason
        controls.summary.count(verdict.state)
        let place = controls.groups.firstIndex { $0.id == group.id } ?? controls.groups.count
        if place == controls.groups.count { controls.groups.append(Group(id: group.id, text: group.text)) }
        controls.groups[place].summary.count(verdict.state)
        controls.groups[place].checks.append(result)
      }
    }
    self.controls.append(controls)
  }

  /// In the order of their ids as numbers, as kube-bench prints them.
  package mutating func sort() {
    controls = controls.enumerated().sorted {
      (Int($0.element.id) ?? 0, $0.offset) < (Int($1.element.id) ?? 0, $1.offset)
    }.map(\.element)
  }
}
