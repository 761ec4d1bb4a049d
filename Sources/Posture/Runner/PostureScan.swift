package import Bytes
import Depth
package import Findings
package import Images
package import Kube
package import PodSecurity

/// Runs checks over a snapshot.
package struct PostureScan: Sendable {
  private let checks: [any Check]
  private let podSecurityVersion: PodSecurityVersion
  private let targetMinor: Int?
  private let trustedRegistries: [String]
  private let images: ImageVerdicts?
  private let imageTrust: ImageTrustVerdicts?
  private let policyErrors: @Sendable (DocumentNode) -> [FieldError]

  /// - Parameters:
  ///   - policyErrors: what the server has against admission policies and webhooks, which this module does not know.
  ///   - targetMinor: the minor version of Kubernetes that the objects are meant for; nil where the user names none.
  ///   - trustedRegistries: where images may come from; empty for anywhere.
  ///   - images: verdicts on images; nil where they were not read.
  ///   - imageTrust: verdicts on their signatures; nil where no policy asks for any.
  package init(
    checks: [any Check] = CheckCatalogue.checks, podSecurityVersion: PodSecurityVersion = .latest,
    targetMinor: Int? = nil, trustedRegistries: [String] = [], images: ImageVerdicts? = nil,
    imageTrust: ImageTrustVerdicts? = nil,
    policyErrors: @escaping @Sendable (DocumentNode) -> [FieldError] = { _ in [] }
  ) {
    self.policyErrors = policyErrors
    self.images = images
    self.imageTrust = imageTrust
    self.trustedRegistries = trustedRegistries
    self.targetMinor = targetMinor
    self.checks = checks
    self.podSecurityVersion = podSecurityVersion
  }

  private struct Partial: Sendable {
    var findings: [Finding] = []
    var notEvaluated: [NotEvaluated] = []
    /// By position of the check in the list.
    var tallies: [ScanResult.Tally]

    init(checks: Int) { tallies = .init(repeating: .init(), count: checks) }
  }

  /// - Parameter width: number of concurrent tasks.
  package func run(_ snapshot: ClusterSnapshot, width: Int = 2) async -> ScanResult {
    let schemas = await SchemaReview(snapshot, width: width, policyErrors: policyErrors)
    let context = CheckContext(
      snapshot: snapshot, podSecurityVersion: podSecurityVersion, targetMinor: targetMinor,
      trustedRegistries: trustedRegistries, images: images, imageTrust: imageTrust,
      schemas: schemas)
    let workloadChecks = checks.enumerated().compactMap { index, check in
      (check as? any WorkloadCheck).map { (index: index, check: $0) }
    }
    let objectChecks = checks.enumerated().compactMap { index, check in
      (check as? any ObjectCheck).map { (index: index, check: $0) }
    }
    let anyKindChecks = checks.enumerated().compactMap { index, check in
      (check as? any AnyKindCheck).map { (index: index, check: $0) }
    }
    let everyObjectChecks = checks.enumerated().compactMap { index, check in
      (check as? any EveryObjectCheck).map { (index: index, check: $0) }
    }
    let count = checks.count
    let partial = await withTaskGroup(of: Partial.self, returning: Partial.self) { group in
      for range in Self.slices(snapshot.workloads.count, width) {
        group.addTask {
          var partial = Partial(checks: count)
          // Templates of one object may share a field, which is wrong once.
          var last: (subject: Subject, place: Location)?
          var known: [Int: [[Evidence]]] = [:]
          for workload in snapshot.workloads[range] {
            let own = (subject: workload.object.subject, place: workload.object.location)
            if last.map({ $0 != own }) ?? true { known = [:] }
            last = own
            for (index, check) in workloadChecks {
              let outcome = check.examine(workload, context)
              if case .fail(let failure) = outcome {
                if known[index]?.contains(failure.evidence) == true { continue }
                known[index, default: []].append(failure.evidence)
              }
              record(outcome, check, index, workload.object, context, &partial)
            }
          }
          return partial
        }
      }
      group.addTask {
        var partial = Partial(checks: count)
        for (index, check) in objectChecks {
          let objects = check.kinds.flatMap(snapshot.objects)
          for object in objects { record(check.examine(object, context), check, index, object, context, &partial) }
        }
        return partial
      }
      for range in Self.slices(anyKindChecks.isEmpty ? 0 : snapshot.objects.count, width) {
        group.addTask {
          var partial = Partial(checks: count)
          for object in snapshot.objects[range] {
            for (index, check) in anyKindChecks {
              record(check.examine(object, context), check, index, object, context, &partial)
            }
          }
          return partial
        }
      }
      group.addTask {
        var partial = Partial(checks: count)
        for (index, check) in everyObjectChecks {
          for (place, object) in snapshot.objects.enumerated() {
            record(check.examine(object, at: place, context), check, index, object, &partial)
          }
        }
        return partial
      }
      var all = Partial(checks: count)
      for await partial in group {
        all.findings += partial.findings
        all.notEvaluated += partial.notEvaluated
        for index in 0..<count { all.tallies[index].add(partial.tallies[index]) }
      }
      return all
    }
    var notEvaluated = partial.notEvaluated
    notEvaluated += schemas.notEvaluated
    notEvaluated += AppliedPatches.notEvaluated(in: snapshot)
    notEvaluated += snapshot.problems.filter(\.hidesInput).map(NotEvaluated.init(unread:))
    var tallies = partial.tallies
    notEvaluated += withdrawPasses(from: &tallies, snapshot)
    var tally = ScanResult.Tally()
    var byCheck: [CheckID: ScanResult.Tally] = [:]
    for (check, own) in zip(checks, tallies) {
      tally.add(own)
      byCheck[check.metadata.id] = own
    }
    return ScanResult(
      findings: partial.findings,
      problems: snapshot.problems + (everyObjectChecks.isEmpty ? [] : schemas.remarks(on: snapshot)),
      notEvaluated: notEvaluated, tally: tally,
      byCheck: byCheck,
      objects: snapshot.objects.count, workloads: snapshot.workloads.count, namespaces: snapshot.namespaces.count,
      checks: checks.count)
  }

  /// Withdraws the passes of checks that need a kind which was not listed: they have not seen enough to report *pass*.
  /// Returns what is therefore not evaluated.
  private func withdrawPasses(from tallies: inout [ScanResult.Tally], _ snapshot: ClusterSnapshot) -> [NotEvaluated] {
    guard snapshot.hasRefusals else { return [] }
    var blinded: [GroupKind: [CheckID]] = [:]
    for (index, check) in checks.enumerated() {
      // What looks at every object has not looked at those of any kind that was refused.
      let refused =
        check is any EveryObjectCheck || check is any AnyKindCheck
        ? snapshot.notListed.map(\.kind) : check.needs.filter { snapshot.refusal(of: $0) != nil }
      guard !refused.isEmpty else { continue }
      tallies[index].notEvaluated += max(1, tallies[index].passed)
      tallies[index].passed = 0
      for kind in refused { blinded[kind, default: []].append(check.metadata.id) }
    }
    return blinded.sorted { $0.key < $1.key }.map { kind, ids in
      let names = ids.prefix(3).map(\.rawValue).joined(separator: ", ")
      let rest = ids.count > 3 ? " and \(ids.count - 3) more" : ""
      return NotEvaluated(
        check: ids.count == 1 ? ids[0] : nil, subject: nil,
        reason: "\(snapshot.refusal(of: kind) ?? ""); for want of them \(names)\(rest) cannot pass",
        cause: .refusedKind)
    }
  }

  static func slices(_ count: Int, _ width: Int) -> [Range<Int>] {
    let size = max(64, (count + 4 * width - 1) / (4 * max(1, width)))
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  private func record(
    _ outcome: Outcome, _ check: any Check, _ index: Int, _ object: KubeObject, _ context: CheckContext,
    _ partial: inout Partial
  ) {
    switch outcome {
    // What an object lacks proves nothing where part of it cannot be read.
    case .pass where context.schemas.hides(object):
      partial.tallies[index].notEvaluated += 1
    // What looks at objects of any kind is not about those of which it says so.
    case .notApplicable where !(check is any AnyKindCheck) && context.schemas.hides(object):
      partial.tallies[index].notEvaluated += 1
    case .pass: partial.tallies[index].passed += 1
    case .notApplicable: partial.tallies[index].notApplicable += 1
    case .notEvaluated(let reason):
      partial.tallies[index].notEvaluated += 1
      partial.notEvaluated.append(NotEvaluated(check: check.metadata.id, subject: object.subject, reason: reason))
    case .fail(let failure):
      let metadata = check.metadata
      // Absence can be concluded only from complete input.
      for kind in metadata.absenceOf {
        if let reason = context.snapshot.blindness(for: kind) {
          partial.tallies[index].notEvaluated += 1
          partial.notEvaluated.append(NotEvaluated(check: metadata.id, subject: object.subject, reason: reason))
          return
        }
      }
      partial.tallies[index].failed += 1
      // Key paths behind the metadata are not for a hundred thousand findings.
      let rule = metadata.rule
      let usual = failure.severity ?? rule.severity
      let (severity, why) =
        failure.title == nil ? context.riskContext.weigh(metadata, usual, of: object) : (usual, nil)
      partial.findings.append(finding(failure, rule, object, severity, why: failure.why ?? why))
    }
  }

  private func record(
    _ failures: [Failure], _ check: any EveryObjectCheck, _ index: Int, _ object: KubeObject, _ partial: inout Partial
  ) {
    if failures.isEmpty {
      partial.tallies[index].passed += 1
      return
    }
    partial.tallies[index].failed += 1
    let rule = check.metadata.rule
    for failure in failures {
      partial.findings.append(
        finding(failure, rule, object, failure.severity ?? rule.severity, why: failure.why))
    }
  }

  private func finding(
    _ failure: Failure, _ rule: RuleMetadata, _ object: KubeObject, _ severity: Severity, why: String?
  ) -> Finding {
    let place = failure.evidence.first.map {
      Location(file: object.file, line: $0.line > 0 ? $0.line : Int(object.root.line), column: $0.column)
    }
    return Finding(
      check: rule.id, severity: severity, title: failure.title ?? rule.title, message: failure.message,
      subject: object.subject,
      location: place ?? object.location, evidence: failure.evidence, remediation: rule.remediation,
      references: rule.references, controls: rule.controls, fix: failure.fix, why: why, cause: failure.cause,
      places: failure.places(in: object))
  }
}
