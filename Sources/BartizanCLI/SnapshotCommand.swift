import ArgumentParser
import Collect
import Findings
import Kube
import Transport

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Keep the state of a cluster in a file.", subcommands: [SnapshotSaveCommand.self]
  )
}

struct SnapshotSaveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", abstract: "Write what a cluster holds into one archive, without the values of secrets.",
    discussion: """
      EXAMPLES
        bartizan snapshot save prod.tar.gz --context prod
        bartizan scan prod.tar.gz
        bartizan diff last-week.tar.gz prod.tar.gz

      The archive is a tar.gz of JSON lists. Every command takes it where it takes files; what the cluster refused is kept in
      it, so that a later scan does not take it for absent.
      """)

  @Argument(help: "The archive to write.", completion: .file()) var file: String
  @OptionGroup var input: SourceArguments

  func run() async throws {
    let snapshot = try await input.snapshot()
    let archive = try SnapshotArchive.bytes(
      snapshot, source: input.names.joined(separator: ", "), taken: Today.moment, time: StandardStreams.current.time())
    try FileWriter.write(archive, to: file)
    let gaps = snapshot.refused.isEmpty ? "" : "; \(snapshot.refused.count) kinds were refused"
    StandardOutput.write("\(snapshot.objects.count) objects of \(snapshot.kinds.count) kinds in \(file)\(gaps).\n")
  }
}
