import Admission
import Bytes
import Collect
import Findings
import Kube
package import Report
import Transport

/// Unit tests of policies: files of our own form, tests of Kyverno's command line, suites of Gatekeeper.
package enum AdmissionTestOperation {
  /// - Throws: `BartizanError` for a file that cannot be read, or that is no test.
  package static func run(_ paths: [String]) async throws -> AdmissionTestAnswer {
    var cases: [AdmissionTestAnswer.Case] = []
    for path in paths {
      let stream = DocumentReader.read(try FileReader.named(path))
      if let error = stream.errors.first { throw BartizanError(error, in: "\(path):\(error.line)") }
      var found = false
      for document in stream.documents where document.mapping != nil {
        try Task.checkCancellation()
        let suite = AdmissionTestFile(path, document)
        switch (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "") {
        case ("bartizan.dev/v1", "AdmissionTest"): cases += try await suite.ownCases()
        case (let version, "Test") where version.hasPrefix("cli.kyverno.io/"): cases += try await suite.kyvernoCases()
        case (let version, "Suite") where version.hasPrefix("test.gatekeeper.sh/"):
          cases += try await suite.gatekeeperCases()
        default: continue
        }
        found = true
      }
      guard found else {
        throw BartizanError(
          .input,
          "\(path): no AdmissionTest of bartizan.dev/v1, no Test of Kyverno and no Suite of Gatekeeper is in it")
      }
    }
    return AdmissionTestAnswer(cases)
  }
}

/// One document of tests, with the files that it names.
private struct AdmissionTestFile {
  let path: String
  let document: DocumentNode

  init(_ path: String, _ document: DocumentNode) {
    self.path = path
    self.document = document
  }

  private func failure(_ node: DocumentNode, _ message: String) -> BartizanError {
    BartizanError(.input, "\(node.line > 0 ? "\(path):\(node.line)" : path): \(message)")
  }

  private func resolved(_ name: String) -> String {
    name.hasPrefix("/") || path == "-" ? name : FilePaths.absolute(name, from: FilePaths.folder(of: path))
  }

  private func snapshot(_ names: [String]) async throws -> ClusterSnapshot {
    let snapshot = try await Sources.snapshot(
      names.map { Sources.source(resolved($0), renders: false, keepsSchemas: true) })
    if let problem = snapshot.problems.first(where: \.hidesInput) {
      throw BartizanError(.input, "\(path): \(problem.text)")
    }
    return snapshot
  }

  private func snapshot(of documents: [DocumentNode], _ file: String) -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder(keepsSchemas: true)
    for document in documents { builder.add(document, file: file) }
    return builder.build()
  }

  // MARK: Ours

  private static let keys: Set<String> = [
    "name", "object", "objectFile", "oldObject", "operation", "namespace", "user", "expect", "message", "policy",
  ]

  func ownCases() async throws -> [AdmissionTestAnswer.Case] {
    for entry in document.entries
    where !["apiVersion", "kind", "metadata", "policies", "cluster", "tests"].contains(entry.key) {
      throw failure(entry.value, "unknown field \"\(entry.key)\"")
    }
    let policies = document["policies"]?.strings ?? []
    guard !policies.isEmpty else { throw failure(document, "policies names no file") }
    let cluster = document["cluster"]?.strings ?? []
    let tests = document["tests"]?.elements ?? []
    guard !tests.isEmpty else { throw failure(document, "it has no tests") }
    let input = AdmissionInput(
      policies: try await snapshot(policies), cluster: cluster.isEmpty ? nil : try await snapshot(cluster),
      unbound: .deniesEverywhere)
    // A test of what is not judged would pass by silence.
    let gap: String? =
      if let refused = input.policies.refused.first {
        "\(refused.object.location.text): \(refused.refusal.message)"
      } else if let untranslated = input.policies.untranslated.first {
        "\(untranslated.object.location.text): \(untranslated.reason)"
      } else if let missing = input.policies.dangling.first {
        "\(missing.location.text): the policy of binding \(missing.name) is not in the files of the test"
      } else if input.policies.count == 0 {
        "the files hold no policy that is judged here"
      } else {
        nil
      }
    if let gap {
      return tests.map { test in
        .init(file: path, name: test["name"]?.string ?? "line \(test.line)", result: .notEvaluated(gap))
      }
    }
    var cases: [AdmissionTestAnswer.Case] = []
    for test in tests {
      cases.append(
        .init(file: path, name: test["name"]?.string ?? "line \(test.line)", result: try await own(test, input)))
    }
    return cases
  }

  private func own(_ test: DocumentNode, _ input: AdmissionInput) async throws -> AdmissionTestAnswer.Result {
    for entry in test.entries where !Self.keys.contains(entry.key) {
      throw failure(entry.value, "unknown field \"\(entry.key)\"")
    }
    let object: KubeObject
    if let file = test["objectFile"]?.string {
      let objects = try await snapshot([file]).objects
      guard objects.count == 1 else { throw failure(test, "\(file) holds \(objects.count) objects, one is wanted") }
      object = objects[0]
    } else if let node = test["object"], let own = KubeObject(node, file: path) {
      object = own
    } else {
      throw failure(test, "neither object nor objectFile is an object with apiVersion and kind")
    }
    let user = test["user"].map {
      AdmissionRequest.User(
        name: $0["name"]?.string ?? $0.string ?? "", groups: $0["groups"]?.strings ?? ["system:authenticated"])
    }
    let sender = ObjectVerdicts.Sender(user: user, namespace: test["namespace"]?.string ?? "default")
    let creation = AdmissionRequest.creation(of: object, input.cluster.resources, sender)
    guard case .request(var request) = creation else {
      return .notEvaluated("\(object.kind)/\(object.name): \(creation.reason ?? "")")
    }
    if let refusal = input.cluster.decodingRefusal(request, of: object) { return .notEvaluated(refusal.message) }
    if let word = test["operation"]?.string {
      guard let operation = AdmissionRequest.Operation(rawValue: word) else {
        throw failure(test, "\"\(word)\" is no operation; CREATE, UPDATE or DELETE is one")
      }
      request.operation = operation
    } else if test["oldObject"] != nil {
      request.operation = .update
    }
    if let old = test["oldObject"] { request.oldObject = ServerObject.normalized(old) }
    if request.operation == .delete {
      request.oldObject = ServerObject.normalized(request.object)
      request.object = .null
    }
    let policy = test["policy"]?.string
    if let policy, !input.policies.names.contains(policy) {
      return .failed("there is no policy \(policy) in the files of the test")
    }
    let verdict = input.judge.judge(sent: request)
    let violations = verdict.report.violations.filter { policy == nil || $0.policy == policy }
    let missing = verdict.notEvaluated.filter { policy == nil || $0.policy == policy }
    let expected = test["expect"]?.string ?? ""
    guard ["allow", "deny", "warn", "audit"].contains(expected) else {
      throw failure(test, "expect is \"\(expected)\"; allow, deny, warn or audit is wanted")
    }
    var found: [(action: PolicyBinding.Action, message: String)] = []
    for violation in violations { found.append((violation.strongest, violation.message)) }
    if let refusal = verdict.mutationRefusal { found.append((.deny, refusal.message)) }
    if let gap = missing.first { return .notEvaluated("\(gap.policy): \(gap.reason)") }
    let said = found.map { "\($0.action.rawValue): \($0.message)" }.joined(separator: "; ")
    if expected == "allow" { return found.isEmpty ? .passed : .failed("allowed was expected, found \(said)") }
    let wanted: PolicyBinding.Action = expected == "deny" ? .deny : expected == "warn" ? .warn : .audit
    let matching = found.filter { $0.action == wanted }
    if matching.isEmpty { return .failed("\(expected) was expected, found \(said.isEmpty ? "allow" : said)") }
    if let message = test["message"]?.string, !matching.contains(where: { $0.message.contains(message) }) {
      return .failed("the message \"\(message)\" was expected, found \(said)")
    }
    return .passed
  }

  // MARK: Kyverno

  /// Source: kyverno.io/docs/kyverno-cli, "kyverno test".
  func kyvernoCases() async throws -> [AdmissionTestAnswer.Case] {
    let policies = try await snapshot(document["policies"]?.strings ?? [])
    let resources = try await snapshot(document["resources"]?.strings ?? [])
    let input = AdmissionInput(policies: policies, cluster: nil, objects: resources, unbound: .deniesEverywhere)
    var cases: [AdmissionTestAnswer.Case] = []
    for result in document["results"]?.elements ?? [] {
      let policy = result["policy"]?.string ?? ""
      let rule = result["rule"]?.string
      let expected = result["result"]?.string ?? result["status"]?.string ?? ""
      let names = result["resources"]?.strings ?? result["resource"]?.string.map { [$0] } ?? []
      for name in names {
        let title = "\(policy)\(rule.map { " \($0)" } ?? "") \(result["kind"]?.string ?? "") \(name): \(expected)"
        let parts = name.split(separator: "/").map(String.init)
        let object = resources.objects.first { object in
          object.name == parts.last && (result["kind"]?.string).map { $0 == object.kind } ?? true
            && (parts.count < 2 || object.effectiveNamespace == parts[parts.count - 2])
        }
        guard let object else {
          cases.append(.init(file: path, name: title, result: .failed("there is no such resource in the files")))
          continue
        }
        cases.append(
          .init(file: path, name: title, result: kyverno(object, policy, rule, expected: expected, input)))
      }
    }
    return cases
  }

  private func kyverno(
    _ object: KubeObject, _ policy: String, _ rule: String?, expected: String, _ input: AdmissionInput
  ) -> AdmissionTestAnswer.Result {
    let forms = [policy, "autogen-defaults-\(policy)", "autogen-cronjobs-\(policy)", "\(policy)-\(rule ?? "")"]
    if let untranslated = input.policies.untranslated.first(where: { $0.object.name == policy }) {
      return .notEvaluated(untranslated.reason)
    }
    if let refused = input.policies.refused.first(where: { forms.contains($0.object.name) }) {
      return .notEvaluated(refused.refusal.message)
    }
    guard input.policies.names.contains(where: forms.contains) else {
      return .failed("there is no policy \(policy) in the files of the test")
    }
    let sender = ObjectVerdicts.Sender(user: nil)
    let creation = AdmissionRequest.creation(of: object, input.cluster.resources, sender)
    guard case .request(let request) = creation else {
      return .notEvaluated("\(object.kind)/\(object.name): \(creation.reason ?? "")")
    }
    if let refusal = input.cluster.decodingRefusal(request, of: object) { return .notEvaluated(refusal.message) }
    let report = input.judge.judge(sent: request).report
    if let gap = report.notEvaluated.first(where: { forms.contains($0.policy) }) { return .notEvaluated(gap.reason) }
    let violations = report.violations.filter { forms.contains($0.policy) }
    let isApplied = report.applied.contains(where: forms.contains)
    let found: String
    if let violation = violations.first {
      found = violation.cause == .evaluation || violation.cause == .configuration ? "error" : "fail"
    } else {
      found = isApplied ? "pass" : "skip"
    }
    if found == expected || expected == "warn" && found == "fail" { return .passed }
    return .failed("\(found) was found\(violations.first.map { ": \($0.message)" } ?? "")")
  }

  // MARK: Gatekeeper

  /// Source: open-policy-agent.github.io/gatekeeper, "The gator CLI".
  func gatekeeperCases() async throws -> [AdmissionTestAnswer.Case] {
    var cases: [AdmissionTestAnswer.Case] = []
    for test in document["tests"]?.elements ?? [] {
      let files = [test["template"]?.string, test["constraint"]?.string].compactMap { $0 }
      let input = AdmissionInput(policies: try await snapshot(files), cluster: nil, unbound: .deniesEverywhere)
      for item in test["cases"]?.elements ?? [] {
        let title = "\(test["name"]?.string ?? "") \(item["name"]?.string ?? "")"
        guard let file = item["object"]?.string else { throw failure(item, "a case without object") }
        cases.append(.init(file: path, name: title, result: try await gatekeeper(item, file, input)))
      }
    }
    return cases
  }

  private func gatekeeper(
    _ item: DocumentNode, _ file: String, _ input: AdmissionInput
  ) async throws -> AdmissionTestAnswer.Result {
    if let untranslated = input.policies.untranslated.first { return .notEvaluated(untranslated.reason) }
    if let refused = input.policies.refused.first { return .notEvaluated(refused.refusal.message) }
    guard let object = try await snapshot([file]).objects.first else { throw failure(item, "\(file) has no object") }
    let sender = ObjectVerdicts.Sender(user: .init(name: "gator", groups: ["system:authenticated"]))
    let creation = AdmissionRequest.creation(of: object, input.cluster.resources, sender)
    guard case .request(let request) = creation else {
      return .notEvaluated("\(object.kind)/\(object.name): \(creation.reason ?? "")")
    }
    if let refusal = input.cluster.decodingRefusal(request, of: object) { return .notEvaluated(refusal.message) }
    let report = input.judge.judge(sent: request).report
    if let gap = report.notEvaluated.first { return .notEvaluated("\(gap.policy): \(gap.reason)") }
    let messages = report.violations.map(\.message)
    let assertions = item["assertions"]?.elements ?? [["violations": "yes"]]
    for assertion in assertions {
      var matching = messages
      if let pattern = assertion["message"]?.string {
        guard let regex = try? LinearRegex(pattern) else {
          return .notEvaluated("the message is no regular expression")
        }
        matching = messages.filter { regex.matches($0) }
      }
      let wanted = assertion["violations"]?.text ?? "yes"
      let holds: Bool
      switch wanted {
      case "yes", "true": holds = !matching.isEmpty
      case "no", "false": holds = matching.isEmpty
      default:
        guard let number = Int(wanted) else { throw failure(assertion, "violations is \"\(wanted)\"") }
        holds = matching.count == number
      }
      if !holds {
        return .failed(
          "violations: \(wanted) was expected, found \(messages.isEmpty ? "none" : messages.joined(separator: "; "))")
      }
    }
    return .passed
  }
}
