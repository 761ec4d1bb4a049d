import Admission
import Bytes
package import Findings
import Kube
package import Report
import Transport

/// Requests of audit logs before policies that were not there when they were made (`admission replay`).
package struct AdmissionReplayOperation {
  private let input: AdmissionInput
  private let limits: Limits
  private var counts = AdmissionReplayAnswer.Counts()
  private var violations: [Key: AdmissionReplayAnswer.Violation] = [:]
  private var gaps: [GapKey: Int] = [:]
  private var from: String?
  private var to: String?
  private var problems: [Problem] = []

  private struct Key: Hashable {
    let policy: String
    let binding: String?
    let action: PolicyBinding.Action
    let user: String
    let workload: Subject
    let message: String
  }

  private struct GapKey: Hashable {
    let policy: String?
    let reason: String
  }

  private init(_ input: AdmissionInput) {
    self.input = input
    var limits = Limits()
    limits.inputBytes = 4 << 30
    limits.documents = 50_000_000
    self.limits = limits
  }

  /// Faults that are named of one file, of each kind.
  private static let namedFaults = 5

  /// What stands in a log and is no event, of one file.
  private struct Faults {
    let path: String
    private var counts: [Kind: Int] = [:]

    enum Kind: String {
      case broken = "could not be read"
      case other = "held JSON that is no audit event"
    }

    init(_ path: String) { self.path = path }

    mutating func add(_ kind: Kind, line: Int, _ message: String, to problems: inout [Problem]) {
      counts[kind, default: 0] += 1
      guard counts[kind, default: 0] <= namedFaults else { return }
      problems.append(Problem(code: "audit-line", location: Location(file: path, line: line), message: message))
    }

    func rest() -> [Problem] {
      counts.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { kind, count in
        guard count > namedFaults else { return nil }
        return Problem(
          code: "audit-line", location: Location(file: path),
          message: "\(Phrase.count(count - namedFaults, "more line")) \(kind.rawValue)")
      }
    }
  }

  /// - Parameter paths: JSON lines or webhook batches, plain or gzip, or - for standard input.
  /// - Returns: the answer, and what could not be read.
  /// - Throws: `BartizanError` for a file that cannot be read, or when no event is in what was.
  package static func run(
    _ paths: [String], _ input: AdmissionInput
  ) throws -> (answer: AdmissionReplayAnswer, problems: [Problem]) {
    var replay = AdmissionReplayOperation(input)
    for path in paths { try replay.read(path) }
    guard replay.counts.events > 0 else {
      throw FailedOperation(
        BartizanError(.input, "no audit event in \(paths.joined(separator: ", "))"), after: replay.problems)
    }
    let period = replay.from.flatMap { from in replay.to.map { (from, $0) } }
    let gaps = replay.gaps.map {
      AdmissionReplayAnswer.Gap(policy: $0.key.policy, reason: $0.key.reason, requests: $0.value)
    }
    let answer = AdmissionReplayAnswer(
      replay.counts, period: period, violations: Array(replay.violations.values), gaps: gaps, input.policies)
    return (answer, replay.problems)
  }

  private mutating func read(_ path: String) throws {
    var bytes = try FileReader.named(path, limits: limits)
    if Gzip.isGzip(bytes) {
      do throws(DocumentError) { bytes = try Gzip.decompress(bytes, limits: limits) } catch {
        throw BartizanError(error, in: path)
      }
    }
    var faults = Faults(path)
    var line = 0
    for chunk in LineChunks(bytes) {
      try Task.checkCancellation()
      let stream = JSONReader.readStream(bytes.span.extracting(chunk), limits: limits)
      if stream.errors.isEmpty {
        for document in stream.documents { add(document, after: line, &faults) }
      } else {
        // A broken line among them: each by itself, so that the others count.
        for range in LineChunks.lines(bytes, chunk) {
          let one = JSONReader.readStream(bytes.span.extracting(range), limits: limits)
          let before = line + LineChunks.countOfLines(bytes, chunk.lowerBound..<range.lowerBound)
          if let error = one.errors.first {
            faults.add(.broken, line: before + 1, "not JSON: \(error.message)", to: &problems)
          } else {
            for document in one.documents { add(document, after: before, &faults) }
          }
        }
      }
      line += LineChunks.countOfLines(bytes, chunk)
    }
    problems += faults.rest()
  }

  /// - Parameter lines: of the file before the text that the document was read from.
  private mutating func add(_ document: DocumentNode, after lines: Int, _ faults: inout Faults) {
    for event in document["items"]?.array ?? document.array ?? [document] { addEvent(event, after: lines, &faults) }
  }

  private mutating func addEvent(_ event: DocumentNode, after lines: Int, _ faults: inout Faults) {
    guard let change = RecordedChange(event, input.cluster.resources) else {
      faults.add(
        .other, line: lines + max(1, Int(event.line)), "not an audit event: it has no verb or no user", to: &problems)
      return
    }
    counts.events += 1
    let time = event["requestReceivedTimestamp"]?.string ?? event["stageTimestamp"]?.string ?? ""
    if !time.isEmpty {
      from = from.map { min($0, time) } ?? time
      to = to.map { max($0, time) } ?? time
    }
    switch change {
    case .irrelevant: return
    case .notEvaluated(let request, let gap):
      counts.changes += 1
      guard input.policies.concerns(request, input.cluster.resources) else { return }
      counts.concerned += 1
      counts.notEvaluated += 1
      gaps[GapKey(policy: nil, reason: gap.rawValue), default: 0] += 1
    case .request(let request, let isStored):
      counts.changes += 1
      guard input.policies.concerns(request, input.cluster.resources) else { return }
      counts.concerned += 1
      judge(request, isStored: isStored, time)
    }
  }

  private mutating func judge(_ request: AdmissionRequest, isStored: Bool, _ time: String) {
    let verdict = isStored ? input.judge.judge(request) : input.judge.judge(sent: request)
    let missing = verdict.notEvaluated
    if missing.isEmpty { counts.judged += 1 } else { counts.notEvaluated += 1 }
    for key in Set(missing.map({ GapKey(policy: $0.policy, reason: $0.reason) })) { gaps[key, default: 0] += 1 }
    if verdict.refusal != nil { counts.denied += 1 }
    let workload = Self.workload(of: request)
    func note(_ policy: String, _ binding: String?, _ action: PolicyBinding.Action, _ message: String) {
      let key = Key(
        policy: policy, binding: binding, action: action, user: request.user.name, workload: workload,
        message: message)
      var entry =
        violations[key]
        ?? AdmissionReplayAnswer.Violation(
          policy: policy, binding: binding, action: action, user: request.user.name, workload: workload,
          message: message, time: time)
      entry.requests += 1
      entry.first = min(entry.first, time)
      entry.last = max(entry.last, time)
      violations[key] = entry
    }
    if let refusal = verdict.mutationRefusal {
      note(verdict.mutation?.refusedBy ?? "", nil, .deny, refusal.message)
    }
    for violation in verdict.report.violations {
      note(
        violation.policy, violation.binding.flatMap { $0.isEmpty ? nil : $0 }, violation.strongest, violation.message)
    }
  }

  /// Who made the object, or the object itself; a ReplicaSet's name tells its Deployment.
  private static func workload(of request: AdmissionRequest) -> Subject {
    let metadata = request.object["metadata"]
    let namespace = request.namespace.isEmpty ? nil : request.namespace
    let owner = (metadata?["ownerReferences"]?.elements ?? []).first { $0["controller"]?.bool == true }
    if let kind = owner?["kind"]?.string, let name = owner?["name"]?.string {
      let group = APIResource.split(apiVersion: owner?["apiVersion"]?.string ?? "").group
      if kind == "ReplicaSet", let hash = metadata?[path: "labels", "pod-template-hash"]?.string,
        name.hasSuffix("-" + hash)
      {
        return Subject(
          group: "apps", kind: "Deployment", namespace: namespace, name: String(name.dropLast(hash.count + 1)))
      }
      return Subject(group: group, kind: kind, namespace: namespace, name: name)
    }
    let name = request.name.isEmpty ? metadata?["name"]?.string ?? metadata?["generateName"]?.string : request.name
    return Subject(group: request.kind.group, kind: request.kind.kind, namespace: namespace, name: name ?? "")
  }
}
