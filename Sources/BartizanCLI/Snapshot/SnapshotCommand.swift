import ArgumentParser
import Findings
import Kube
import Report
import Transport

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Save the state of a cluster to a file.",
    subcommands: [SnapshotSaveCommand.self])
}

struct SnapshotSaveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", abstract: "Write the objects of a cluster into one archive, without the values of secrets.",
    discussion: """
      EXAMPLES
        bartizan snapshot save prod.tar.gz --context prod
        bartizan scan prod.tar.gz
        bartizan diff last-week.tar.gz prod.tar.gz

      The archive is a tar.gz of JSON lists. Every command takes it where it takes files. It keeps what the cluster \
      refused to list or was not asked for, so that a later scan does not count that as absent. Policies of the cluster may \
      ask for custom resources: --everything keeps those, too.
      """)

  @Argument(help: "The archive to write.", completion: .file()) var archive: String
  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Flag(help: "Every kind that the cluster has, and not those alone that some command reads.") var everything = false
  @OptionGroup var output: OutputOptions<SnapshotSavedAnswer>

  func run() async throws {
    guard !OverwrittenInput.replaces(archive, files: input.file, folders: input.file) else {
      throw BartizanError(.usage, "\(archive): the archive would replace what is read; name another file")
    }
    let snapshot = try await input.snapshot(cluster, readsAll: everything)
    let bytes = try SnapshotArchive.bytes(
      snapshot, source: input.names(cluster).joined(separator: ", "), taken: Today.moment,
      time: StandardStreams.current.time())
    try FileWriter.write(bytes, to: archive)
    try output.give(SnapshotSavedAnswer(snapshot, file: archive))
  }
}
