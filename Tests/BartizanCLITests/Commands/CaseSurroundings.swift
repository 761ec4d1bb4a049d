import Bytes
import FakeCluster
import TestKit

/// What the commands of one file of cases find around them: a folder of their own, and where the file names them a cluster and
/// a registry on the loopback address.
///
/// `$TMP` is the folder, `$KUBECONFIG` a kubeconfig whose contexts lead to the cluster (`sample`) and to nowhere
/// (`nowhere`), `$REGISTRY` the registry, with the image `team/app:1.4`; `$IMAGES` and `$STORE` the images of the sample
/// cluster as `scripts/sample-images` makes them, and a store of the advisories in `examples`; `$SERVER` a server of events, whose
/// admin token is in `BARTIZAN_TOKEN`.
struct CaseSurroundings {
  private let folder: TemporaryFolder
  private var cluster: FakeCluster?
  private var registry: FakeRegistry?
  private var server: SampleEventServer?
  private let images: String
  private let input: String?
  /// The file, whose names alone are looked for in the output.
  private let text: String

  /// - Parameters:
  ///   - text: the file.
  ///   - input: the folder that `$CASE` stands for.
  init(for text: String, input: String? = nil) async throws {
    self.text = text
    self.input = input
    folder = try TemporaryFolder()
    try folder.write("home/.keep", "")
    if text.contains("$KUBECONFIG") {
      let cluster = try await FakeCluster(SampleCluster.resources(pods: 10), tls: nil)
      self.cluster = cluster
      try folder.write(
        "kubeconfig",
        """
        apiVersion: v1
        kind: Config
        current-context: sample
        clusters:
          - {name: sample, cluster: {server: "http://127.0.0.1:\(cluster.port)"}}
          - {name: nowhere, cluster: {server: "http://127.0.0.1:9"}}
        users:
          - {name: reader, user: {}}
        contexts:
          - {name: sample, context: {cluster: sample, user: reader}}
          - {name: nowhere, context: {cluster: nowhere, user: reader}}

        """)
    }
    if text.contains("$REGISTRY") {
      let image = SampleImageFiles()
      registry = try await FakeRegistry(
        manifests: ["1.4": image.manifest, image.digest: image.manifest], blobs: image.blobs)
    }
    if text.contains("$SERVER") { server = try await SampleEventServer(in: folder) }
    if text.contains("$IMAGE_ARCHIVE") { try folder.write("app.tar", SampleImageFiles().archive) }
    images = text.contains("$IMAGES") ? try SampleClusterImages.layout() : "$IMAGES"
    if text.contains("$STORE") {
      let made = try await CommandRun(
        [
          "advisories", "update", "--store", folder.path + "/store", "--source", "examples/advisories/sample.json",
          "--risk", "examples/advisories/exploited.json",
        ], environment: environment)
      precondition(made.status == 0, made.errorText)
    }
  }

  func close() async {
    await cluster?.close()
    await registry?.close()
    await server?.close()
  }

  /// No program is found, so that no chart is rendered where one machine has `helm` and another has none.
  private var environment: [String: String] {
    var variables = ["HOME": folder.path + "/home", "PATH": ""]
    if let server { variables["BARTIZAN_TOKEN"] = server.token }
    return variables
  }

  private var names: [(name: String, value: String)] {
    let all = [
      ("$KUBECONFIG", folder.path + "/kubeconfig"), ("$IMAGE_ARCHIVE", folder.path + "/app.tar"),
      ("$IMAGES", images), ("$STORE", folder.path + "/store"), ("$CASE", input ?? "$CASE"),
      ("$TMP", folder.path),
      ("$SERVER", server?.url ?? "$SERVER"), ("$REGISTRY", registry?.name ?? "$REGISTRY"),
      ("$CLUSTER", cluster.map { "127.0.0.1:\($0.port)" } ?? "$CLUSTER"),
    ]
    return all.filter { text.contains($0.0) && $0.0 != $0.1 }.map { (name: $0.0, value: $0.1) }
  }

  func run(_ line: ShellLine) async throws -> (output: [UInt8], error: String, status: Int32) {
    func filled(_ text: String) -> String { names.reduce(text) { $0.replacing($1.name, with: $1.value) } }
    let input: [UInt8]? =
      switch line.input {
      case .none: nil
      case .text(let text): Array(text.utf8)
      case .file(let path):
        try FileReaderForTests.bytes(
          path.hasPrefix("$") ? filled(path) : FileReaderForTests.repository + "/" + path)
      }
    let run = try await CommandRun(
      line.arguments.map(filled), input: input,
      environment: environment.merging(line.environment.mapValues(filled)) { $1 })
    return (named(run.output), String(decoding: named(Array(run.error)), as: UTF8.self), run.status)
  }

  /// The output with places of this run under their names.
  private func named(_ bytes: [UInt8]) -> [UInt8] {
    names.reduce(bytes) { $0.replacing(Array($1.value.utf8), with: Array($1.name.utf8)) }
  }
}

extension [UInt8] {
  /// Byte by byte: comparing texts character by character takes seconds where output is long.
  fileprivate func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    guard old != new, let first = old.first else { return self }
    var result: [UInt8] = []
    var place = startIndex
    while let next = self[place...].firstIndex(of: first) {
      result += self[place..<next]
      let isFound = self[next...].starts(with: old)
      if isFound { result += new } else { result.append(first) }
      place = next + (isFound ? old.count : 1)
    }
    return place == startIndex ? self : result + self[place...]
  }
}
