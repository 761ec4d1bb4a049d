import Bytes
package import Findings
package import Kube
package import Posture
import Transport

/// Runs kube-bench's definitions (`cis run`): from the record of a node, or by commands on this machine.
package struct DefinitionRunOperation: Sendable {
  /// The folder with `config.yaml` and a folder for each benchmark.
  package var folder: String
  /// Nil for the one that is for the node's version.
  package var benchmark: String?
  /// Empty for all that the benchmark has.
  package var targets: [String] = []
  package var filter = DefinitionFilter()
  package var skipped: Set<String> = []
  package var record: NodeRecord?
  package var allowsCommands = false

  package init(folder: String) { self.folder = folder }

  /// The report, and what of the definitions was not understood.
  package struct Outcome: Sendable {
    package let report: KubeBenchReport
    package let remarks: [String]
    /// Whether a check was not judged for want of facts.
    package let isPartial: Bool
  }

  /// How long an audit may take, and how much it may print, in bytes.
  private static let timeout = Duration.seconds(30)
  private static let mostOutput = 4 << 20

  package func run() async throws(BartizanError) -> Outcome {
    let known = record.map(KnownAudit.init)
    let settings = try document("\(folder)/config.yaml")
    let chosen: String
    if let benchmark { chosen = benchmark } else { chosen = try Self.chosen(DefinitionSettings(settings), record) }
    let place = "\(folder)/\(chosen)"
    guard !chosen.contains("/"), FilePaths.isFolder(place) else {
      throw BartizanError(.input, "\(folder): no benchmark \"\(chosen)\" in it")
    }
    let overlay = FilePaths.exists("\(place)/config.yaml") ? try? document("\(place)/config.yaml") : nil
    let merged = DefinitionSettings(settings, overlay: overlay)
    let present = BenchmarkDefinition.Target.allCases.map(\.rawValue).filter { FilePaths.exists("\(place)/\($0).yaml") }
    for target in targets where !present.contains(target) {
      throw BartizanError(
        .usage, "benchmark \(chosen) has no target \"\(target)\"; it has \(present.joined(separator: ", "))")
    }
    let version = record?.version ?? ""
    var report = KubeBenchReport(controls: [])
    var remarks: [String] = []
    var answers: [String: AuditAnswer] = [:]
    var unmatched = filter.groups.union(filter.checks).union(skipped)
    var hasLeftOut = false
    for target in targets.isEmpty ? present : targets {
      let (definition, used, missing) = try await self.definition("\(place)/\(target).yaml", target, merged, known)
      for group in definition.groups {
        unmatched.remove(group.id)
        for check in group.checks { unmatched.remove(check.id) }
      }
      // As kube-bench, which judges the control plane and etcd only where they run. Without processes, what must not be set
      // would pass.
      if !missing.isEmpty, targets.isEmpty, ["master", "etcd"].contains(target) {
        hasLeftOut = true
        remarks.append("\(target): left out, since \(missing.joined(separator: ", ")) does not run on this node")
        continue
      }
      var whole = definition
      for group in whole.groups.indices {
        whole.groups[group].checks = whole.groups[group].checks.map { $0.withDefaultEnvironmentAudit(programs: used) }
      }
      // What was not asked for is neither run nor left out.
      for check in whole.groups.flatMap({ group in group.checks.filter { filter.includes(group, $0) } }) {
        for test in check.tests?.items ?? [] where !test.comparison.isEmpty {
          let remark =
            "\(target).yaml: check \(check.id): unknown comparison \"\(test.comparison)\", which is never true"
          if DefinitionComparison(rawValue: test.comparison) == nil, !remarks.contains(remark) {
            remarks.append(remark)
          }
        }
        for script in check.audits where answers[script] == nil {
          if let absent = missing.first(where: { script.contains("$\($0)bin") }) {
            answers[script] = .notRun("\(absent) does not run on this node, as far as was seen")
          } else {
            answers[script] = await answer(script, known)
          }
        }
      }
      let found = answers
      report.add(
        whole, detectedVersion: version, includes: filter.includes, skipped: skipped,
        answer: { found[$0] ?? .notRun("it was not run") })
    }
    guard unmatched.isEmpty else {
      throw BartizanError(
        .usage,
        "benchmark \(chosen) has no check or section \(unmatched.sorted().joined(separator: ", "))\(targets.isEmpty ? "" : " in \(targets.joined(separator: ", "))")"
      )
    }
    report.sort()
    // Where all that was asked for was left out, nothing was judged.
    let isPartial =
      answers.values.contains { if case .notRun = $0 { true } else { false } }
      || hasLeftOut && report.controls.allSatisfy(\.groups.isEmpty)
    return Outcome(report: report, remarks: remarks, isPartial: isPartial)
  }

  private func document(_ path: String) throws(BartizanError) -> DocumentNode {
    let stream = YAMLReader.readStream(try text(path))
    if let error = stream.errors.first {
      throw BartizanError(.input, "\(Location(file: path, line: error.line).text): \(error.message)")
    }
    return stream.documents.first ?? .null
  }

  private func text(_ path: String) throws(BartizanError) -> String {
    String(decoding: try FileReader.named(path), as: UTF8.self)
  }

  private static func chosen(_ settings: DefinitionSettings, _ record: NodeRecord?) throws(BartizanError) -> String {
    guard let version = record?.version else {
      throw BartizanError(.usage, "which benchmark is not known: name it with --benchmark")
    }
    if let platform = BenchmarkPlatform(gitVersion: version)?.benchmark { return platform }
    let minor = version.drop { $0 == "v" }.split(separator: ".").prefix(2).joined(separator: ".")
    guard let benchmark = settings.versions.flatMap({ DefinitionSettings.benchmark(for: minor, in: $0) }) else {
      throw BartizanError(.usage, "no benchmark is for Kubernetes \(minor): name one with --benchmark")
    }
    return benchmark
  }

  /// A file with its variables replaced by what this node has.
  private func definition(
    _ path: String, _ target: String, _ settings: DefinitionSettings, _ known: KnownAudit?
  ) async throws(BartizanError) -> (BenchmarkDefinition, programs: [String], missing: [String]) {
    var text = try text(path)
    var running: [String: Bool] = [:]
    for program in settings.programs(target) { running[program] = await isRunning(program, known) }
    let missing = settings.missing(target) { running[$0] ?? false }
    let programs = settings.programs(target) { running[$0] ?? false } ?? [:]
    let replaced = DefinitionSettings.substitute(text, suffix: "bin", programs)
    text = replaced.text
    for kind in DefinitionSettings.FileKind.allCases {
      let files = settings.files(kind, target) { known?.exists($0) ?? FilePaths.exists($0) }
      text = DefinitionSettings.substitute(text, suffix: kind.rawValue, files).text
    }
    do throws(DocumentError) { return (try BenchmarkDefinition(text), replaced.used, missing) } catch {
      throw BartizanError(.input, "\(Location(file: path, line: error.line).text): \(error.message)")
    }
  }

  private func isRunning(_ program: String, _ known: KnownAudit?) async -> Bool {
    if let known { return known.isRunning(program) }
    guard allowsCommands, let first = program.split(separator: " ").first else { return false }
    let run = try? await ProgramRun.run(
      "ps", ["-C", String(first), "-o", "cmd", "--no-headers"], timeout: Self.timeout, outputLimit: Self.mostOutput)
    return DefinitionSettings.isRunning(
      program, in: run.map { String(decoding: $0.standardOutput, as: UTF8.self) } ?? "")
  }

  private func answer(_ script: String, _ known: KnownAudit?) async -> AuditAnswer {
    if let known {
      let answer = known.answer(script)
      guard case .notRun = answer, allowsCommands else { return answer }
    }
    guard allowsCommands else { return .notRun("commands are not allowed; --allow-commands runs them") }
    do throws(ProgramRun.Failure) {
      // As kube-bench does: the script on standard input, both outputs in one.
      let run = try await ProgramRun.run(
        "/bin/sh", ["-c", "exec 2>&1; . /dev/stdin"], input: script + "\n", timeout: Self.timeout,
        outputLimit: Self.mostOutput)
      let output = String(decoding: run.standardOutput, as: UTF8.self)
      return run.status == 0 ? .output(output) : .failed(output: output, status: Int(run.status))
    } catch { return .notRun(error.message) }
  }
}
