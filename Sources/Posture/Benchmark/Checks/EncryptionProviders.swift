import Bytes
import Kube

/// 1.2.28: what Secrets are encrypted with, by the provider that writes, which is the first.
enum EncryptionProviders {
  static let check = BenchmarkCheck(
    "1.2.28", "Secrets are encrypted at rest",
    "the first provider for secrets is aescbc, aesgcm with care, kms or secretbox",
    node: { $0.comparing(.apiServer, judge) })

  private static func judge(_ node: BenchmarkNode) -> BenchmarkVerdict {
    let remedy = BenchmarkRemedy.text(
      node.distribution == .k3s || node.distribution == .rke2
        ? "in /etc/rancher/\(node.distribution.rawValue)/config.yaml: secrets-encryption: true"
        : "put kms, secretbox or aescbc before identity in the providers for secrets, and rewrite the Secrets")
    if let verdict = node.exemption(.apiServer) { return verdict }
    guard let (arguments, source) = node.commands(.apiServer).first else {
      return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
    }
    guard let path = arguments.path("encryption-provider-config") else {
      return BenchmarkVerdict(
        .fail,
        [
          BenchmarkEvidence(
            place: source.text, name: "--encryption-provider-config",
            value: arguments.value("encryption-provider-config"))
        ], remedy: remedy)
    }
    switch node.document(path) {
    case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
    case .absent(let source):
      return BenchmarkVerdict(
        .fail, [BenchmarkEvidence(place: source.text, name: "EncryptionConfiguration", value: nil)], remedy: remedy)
    case .read(let document, let source):
      if let kind = document["kind"]?.text, !["EncryptionConfiguration", "EncryptionConfig"].contains(kind) {
        return BenchmarkVerdict(
          .fail, [BenchmarkEvidence(place: source.text, name: "kind", value: kind)], remedy: remedy)
      }
      let covers = (document["resources"]?.elements ?? []).first { item in
        (item["resources"]?.strings ?? []).contains { ["secrets", "*.", "*.*"].contains($0) }
      }
      let first = covers?["providers"]?.elements.first?.entries.first
      let provider = first?.key
      var evidence = [BenchmarkEvidence(place: source.text, name: "first provider for secrets", value: provider)]
      if let keys = first?.value["keys"]?.array, keys.isEmpty {
        evidence.append(BenchmarkEvidence(place: source.text, name: "keys", value: "none"))
        return BenchmarkVerdict(.fail, evidence, remedy: remedy)
      }
      return ["aescbc", "kms", "secretbox"].contains(provider)
        ? BenchmarkVerdict(.pass, evidence)
        : provider == "aesgcm"
          ? BenchmarkVerdict(.warn(.judgement), evidence, remedy: remedy)
          : BenchmarkVerdict(.fail, evidence, remedy: remedy)
    }
  }
}
