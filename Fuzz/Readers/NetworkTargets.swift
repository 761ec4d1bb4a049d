import Bytes
import Console
import Findings
import Images
import Kube

@testable import Collect

extension FuzzTarget {
  /// What registries and other servers answer, and files that say how they are reached.
  static let network: [FuzzTarget] = [
    FuzzTarget(
      name: "image",
      waiting: { bytes in
        let archive = MemoryArchive(bytes)
        _ = try await ImageManifest.entries(in: archive)
        _ = try await ImageManifest.resolve(archive, named: nil, platform: nil, limits: .standard)
      }),
    FuzzTarget(name: "challenge") { bytes in
      _ = AuthenticationChallenge.read(String(decoding: bytes, as: UTF8.self))
    },
    FuzzTarget(name: "registries file") { bytes in _ = try RegistriesFile(bytes, name: "registries.conf") },
    FuzzTarget(name: "tables") { bytes in _ = try TOMLTables(bytes, name: "hosts.toml") },
    FuzzTarget(name: "credentials") { bytes in _ = try CredentialFile(bytes, name: "config.json") },
    FuzzTarget(name: "ignore file") { bytes in
      let file = IgnoreFile(String(decoding: bytes.prefix(2_000), as: UTF8.self))
      _ = file.ignores("deploy/a/very/long/path/of/a/file.yaml", isFolder: false)
    },
    FuzzTarget(name: "kubeconfig") { bytes in
      let file = Kubeconfig(DocumentReader.read(bytes).documents.map { ("config", $0) })
      for name in file.contextNames { _ = try? file.endpoint(name) }
    },
    FuzzTarget(name: "rules of secrets") { bytes in
      _ = try SecretRuleFile(bytes, name: "rules.yaml", today: "2026-06-01")
    },
    FuzzTarget(name: "server configuration") { bytes in
      _ = try ServeConfiguration(bytes, file: "serve.yaml", policies: [])
    },
  ]
}

/// An image's documents in one input: a line with the name and the length of each, before its bytes.
private struct MemoryArchive: ImageArchive {
  private var files: [String: [UInt8]] = [:]

  init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A), files.count < 32 {
      let words = rest[..<end].split(separator: 0x20, maxSplits: 1)
      rest = rest[(end + 1)...]
      guard words.count == 2, let length = Int(String(decoding: words[1], as: UTF8.self)), length >= 0 else { return }
      files[String(decoding: words[0], as: UTF8.self)] = Array(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
  }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? { files[name] }

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {}

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum { .askedFor }
}
