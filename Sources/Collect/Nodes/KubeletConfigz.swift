package import Bytes
package import Findings
package import Kube
import Transport

/// What the kubelets of a live cluster run with, as they say themselves at `/configz` through the API server's proxy. It only gets.
package enum KubeletConfigz {
  /// Requests at a time, and most nodes that are asked.
  private static let width = 8
  private static let mostNodes = 5_000
  /// Largest answer, in bytes: a configuration has a few kilobytes.
  private static let mostBytes = 1 << 20

  /// What was answered.
  package struct Outcome: Sendable {
    /// By node.
    package var answers: [String: DocumentNode] = [:]
    /// Why a node's settings were not read, by node.
    package var refused: [String: UnreadReason] = [:]
    /// The first refusal or trouble in words; nil where there was none.
    package var trouble: String?
  }

  /// Asks each node. Once a first one is forbidden no other is asked: the permission is one for all.
  ///
  /// - Throws: one line where the server cannot be reached at all.
  package static func read(
    _ endpoint: ClusterEndpoint, nodes: [String], settings: KubernetesClient.Settings = .init(),
    environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) async throws(BartizanError) -> Outcome {
    var settings = settings
    settings.answerBytes = mostBytes
    // A node that is gone does not keep the others waiting.
    settings.retries = RetryRule(tries: 2, longestWait: .seconds(2), statuses: [429])
    settings.timeouts.answer = min(settings.timeouts.answer, .seconds(10))
    settings.timeouts.body = min(settings.timeouts.body, .seconds(10))
    let client = try await KubernetesClient.connect(endpoint, settings: settings, environment: environment)
    var outcome = Outcome()
    let asked = Array(nodes.prefix(mostNodes))
    for name in nodes.dropFirst(mostNodes) { outcome.refused[name] = .tooMany }
    guard let first = asked.first else {
      await client.close()
      return outcome
    }
    take(first, await get(client, first), &outcome)
    if outcome.refused[first] == .refused {
      for name in asked { outcome.refused[name] = .refused }
    } else {
      let rest = Array(asked.dropFirst())
      let answers = await Parallel.map(Array(rest.indices), width: width) { await get(client, rest[$0]) }
      for (name, answer) in zip(rest, answers) { take(name, answer, &outcome) }
    }
    await client.close()
    return outcome
  }

  private static func get(_ client: KubernetesClient, _ node: String) async -> Result<DocumentNode, APIFailure> {
    // A name of a node is a DNS name; what is none is not put into a path.
    guard !node.isEmpty, node.utf8.allSatisfy({ $0.isNameByte }) else {
      return .failure(APIFailure(.other, "\"\(node)\" is no name of a node"))
    }
    do throws(APIFailure) {
      return .success(try await client.get("/api/v1/nodes/\(node)/proxy/configz", isSmall: true))
    } catch { return .failure(error) }
  }

  private static func take(_ name: String, _ answer: Result<DocumentNode, APIFailure>, _ outcome: inout Outcome) {
    switch answer {
    case .success(let document): outcome.answers[name] = document
    case .failure(let failure):
      outcome.refused[name] =
        switch failure.kind {
        case .forbidden, .unauthenticated: .refused
        case .connection(.tooLarge): .tooLarge
        default: .failed
        }
      outcome.trouble = outcome.trouble ?? "\(name): \(failure.message)"
    }
  }
}

extension UInt8 {
  fileprivate var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
