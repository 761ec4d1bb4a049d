import ArgumentParser
import Bytes
import Findings
import Forward
import Operations
import Transport

/// Where what was found is sent.
struct ForwardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send alerts and incidents to the destinations of this file: Splunk, Elasticsearch, Sumo Logic, Alertmanager, Slack, webhooks.",
      valueName: "file"), completion: .file())
  var forward: String?

  /// The destinations; none without the option.
  func destinations() throws -> [Destination] {
    guard let forward else { return [] }
    return try DestinationFile.read(
      try FileReader.named(forward, limits: .standard), path: forward,
      file: { (path) throws(BartizanError) -> [UInt8] in try FileReader.read(path) }, variable: Environment.value)
  }
}
