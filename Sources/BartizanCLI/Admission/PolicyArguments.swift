import Admission
import ArgumentParser
import Bytes
import Collect
import Findings
import Kube
import Operations

/// The policies to judge by, for commands that take them from files.
struct PolicyArguments: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help:
      "Files, folders or archives of policies, bindings, params and CustomResourceDefinitions, or - for standard input. Repeatable.",
    completion: .file())
  var policies: [String] = []

  /// - Throws: `BartizanError` when none are named.
  func snapshot() async throws -> ClusterSnapshot {
    guard !policies.isEmpty else { throw BartizanError(.usage, "--policies names no file") }
    return try await Input.admissionSnapshot(policies)
  }

  /// - Throws: `BartizanError` where what is named holds no policy: a gate that judges by nothing lets everything pass.
  func validate(_ set: PolicySet) throws(BartizanError) {
    guard !policies.isEmpty, !set.holdsAny else { return }
    throw BartizanError(.input, "\(policies.joined(separator: ", ")): no admission policy in it")
  }
}

/// Who sends the requests.
struct RequesterOptions: ParsableArguments {
  @Option(help: "Who sends the request; policies that ask for the user are not evaluated without.")
  var user: String?
  @Option(help: "A group of the user, besides those that the server adds. Repeatable.")
  var group: [String] = []

  func validate() throws {
    if user == nil, !group.isEmpty { throw ValidationError("--group needs --user") }
  }

  /// Nil: nobody knows.
  var requester: AdmissionRequest.User? {
    user.map { name in
      var groups = group
      let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
        groups += ["system:serviceaccounts", "system:serviceaccounts:" + parts[2]]
      }
      return AdmissionRequest.User(name: name, groups: groups + ["system:authenticated"])
    }
  }
}

/// What policies do to a run's exit code.
enum FailingAction: String, ExpressibleByArgument, CaseIterable {
  case deny
  case warn
  case audit
  case never

  func isReached(by verdicts: ObjectVerdicts) -> Bool {
    switch self {
    case .deny: verdicts.count(.deny) > 0
    case .warn: verdicts.count(.deny) + verdicts.count(.warn) > 0
    case .audit: !verdicts.violations.isEmpty
    case .never: false
    }
  }
}

extension Input {
  /// Like `snapshot`, with the schemas of CustomResourceDefinitions.
  static func admissionSnapshot(
    _ sources: [String], _ cluster: ClusterOptions? = nil, renders: Bool = true
  ) async throws -> ClusterSnapshot {
    try await snapshot(sources, cluster, renders: renders, keepsSchemas: true, readsAll: true)
  }

  /// The name of a namespace, as a user gives it: a name that no namespace can have matches nothing, and a manifest with it is
  /// refused.
  ///
  /// - Throws: `ValidationError` for a word that no namespace can be called.
  static func namespace(_ text: String) throws -> String {
    guard !DNSName.isLabel(text) else { return text }
    let several = text.contains(",") ? "; repeat the option for each" : ""
    throw ValidationError("no name of a namespace\(several)")
  }

  /// - Throws: `ValidationError` for a word that no namespace can be called.
  static func validate(namespaces: [String], of option: String) throws {
    for name in namespaces where !DNSName.isLabel(name) {
      throw ValidationError("\(option) \(name): no name of a namespace")
    }
  }

  /// - Throws: `BartizanError` where what is named holds no object, read or not: a gate that judges nothing lets everything pass.
  static func validate(holdsObjects snapshot: ClusterSnapshot, _ sources: [String]) throws(BartizanError) {
    guard snapshot.objects.isEmpty, !snapshot.problems.contains(where: \.hidesInput) else { return }
    throw BartizanError(.input, "\(sources.joined(separator: ", ")): no object in it")
  }

  /// The cluster before which policies stand; nil where none is named.
  static func admissionCluster(_ files: [String], _ cluster: ClusterOptions) async throws -> ClusterSnapshot? {
    guard !files.isEmpty || cluster.isUsed else { return nil }
    return try await admissionSnapshot(files, cluster)
  }

  /// Errors of expressions go on with a picture of the place; `admission lint` shows it.
  private static func firstLine(_ message: String) -> String { String(message.prefix { !$0.isNewline }) }

  /// Tells on standard error what of the policies is not judged by.
  static func tell(_ policies: PolicySet, unbound: PolicySet.Unbound) {
    for item in policies.refused {
      StandardError.line(
        "\(item.object.location.text): refused by the server, not judged by: \(Self.firstLine(item.refusal.message))")
    }
    for item in policies.untranslated {
      StandardError.line(
        "\(item.object.location.text): \(item.object.kind)/\(item.object.name) is not judged by: \(item.reason)")
    }
    for item in policies.provisional {
      StandardError.line("\(item.object.location.text): \(item.object.kind)/\(item.object.name): \(item.reason)")
    }
    for field in policies.dropped {
      StandardError.line(
        "\(field.location.text): unknown field \"\(field.path)\": without effect, as the server drops it")
    }
    for object in policies.overridden {
      StandardError.line(
        "\(object.location.text): another \(object.kind) named \(object.name) follows, and counts instead")
    }
    guard !policies.unbound.isEmpty else { return }
    let names = policies.unbound.map(\.name).sorted()
    let list =
      names.count > 4
      ? names.prefix(4).joined(separator: ", ") + " and \(names.count - 4) more" : names.joined(separator: ", ")
    switch unbound {
    case .isNotInForce: StandardError.line("no binding names \(list): not in force")
    case .deniesEverywhere:
      StandardError.line("no binding names \(list): judged as if bound to everything with the action Deny")
    }
  }
}
