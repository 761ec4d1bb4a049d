import ArgumentParser
import Bytes
import Collect
import Findings
import Operations
import Report
import Transport
import Trust

struct SigstoreUpdateTrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update-trust", abstract: "Fetch the trusted root of Sigstore from its TUF repository.",
    discussion: """
      EXAMPLES
        bartizan sigstore update-trust --root root.json
        bartizan sigstore update-trust --repository https://tuf.example.com \\
          --folder trust/

      This is the one command about signatures that asks something over the network besides registries, and only when it \
      is called. It follows the roots from the one that is trusted, and refuses documents that are expired, older than what \
      was seen before, signed by too few, or not those that belong together. What it saw is kept in the folder where cosign \
      keeps the same files, so that a root of cosign's will do to begin with, and `image verify` finds the trusted root there. \
      The first time --root names a root that you trust; that of Sigstore's public repository is built in. Exit code 0: the trusted root is there and current; \
      2: there is no root to begin with; 3: the repository does not answer, or was refused.
      """)

  @Option(help: "The TUF repository: an https URL, or a folder with a copy of one.", completion: .directory)
  var repository = PublicGoodInstance.repository
  @Option(help: "The root.json to begin with.", completion: .file()) var root: String?
  @Option(
    help: "Where documents are kept; by default where cosign keeps those of the repository.", completion: .directory)
  var folder: String?
  @Option(help: "The target to fetch.") var target = "trusted_root.json"
  @OptionGroup var output: OutputOptions<TrustUpdateAnswer>

  func run() async throws {
    guard !target.isEmpty, !target.contains("/"), !target.hasPrefix(".") else {
      throw BartizanError(.usage, "--target \(target): wanted is the name of a file")
    }
    let isFolder = FilePaths.isFolder(repository)
    guard let host = isFolder ? "local" : HTTPURL(repository)?.host else {
      throw BartizanError(.usage, "\(repository): wanted is the https URL of a TUF repository, or a folder")
    }
    let folder = folder ?? (Environment.value("HOME") ?? ".") + "/.sigstore/root/" + host
    let initial =
      try root.map { path throws(BartizanError) in try FileReader.named(path) }
      ?? (repository == PublicGoodInstance.repository ? PublicGoodInstance.updateRoot : nil)
    var settings = HTTPSettings(environment: Environment.value)
    // Somebody who answers slowly for ever keeps a client on old keys.
    settings.timeouts.body = .seconds(30)
    let (fetch, close) =
      isFolder ? (TrustUpdate.folder(repository), {}) : try TrustUpdate.http(repository, settings)
    let outcome: TrustUpdate.Outcome
    do {
      outcome = try await TrustUpdate(folder: folder, name: target, now: Today.now, fetch: fetch)
        .run(initialRoot: initial)
      await close()
    } catch {
      await close()
      throw error
    }
    if target == "trusted_root.json" {
      do throws(TrustFailure) { _ = try TrustedRoot(json: outcome.target) } catch {
        throw BartizanError(.remote, "\(outcome.file): \(error.sentence)")
      }
    }
    try output.give(
      TrustUpdateAnswer(
        repository: repository, file: outcome.file, root: outcome.root, timestamp: outcome.timestamp,
        snapshot: outcome.snapshot, targets: outcome.targets, expires: outcome.expires))
  }
}
