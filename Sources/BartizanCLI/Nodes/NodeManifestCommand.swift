import ArgumentParser
import Kube
import Posture

struct NodeManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", abstract: "Print a DaemonSet that collects the record of each node.",
    discussion: """
      EXAMPLES
        bartizan node manifest | kubectl apply -f -
        bartizan cis --context prod
        bartizan node manifest --leave log | kubectl apply -f -
        kubectl logs -n bartizan-nodes PODNAME -c collect > node.json

      It mounts what is read, read-only, has no privileges and no capability but that of reading files of others. Each node \
      leaves its record in a ConfigMap of the namespace, where `cis` finds it; the token for that may write ConfigMaps of this \
      namespace, and nothing else should be in it. With --leave log there is no token and no network. To collect again: \
      kubectl rollout restart. Take it away when the records are there.
      """)

  @Option(name: .shortAndLong, help: "Namespace of the DaemonSet.") var namespace = NodeRecordMap.usualNamespace
  @Option(help: "The image of Bartizan.") var image = "bartizan:latest"
  @Option(
    help: "The distribution of the cluster: microk8s and gke keep their files elsewhere, and other folders are mounted."
  )
  var distribution: DistributionName?
  @Option(help: "Where each record is left: config-map or log.") var leave: LeavingPlace = LeavingPlace(.configMap)

  func validate() throws {
    let isName =
      (1...63).contains(namespace.utf8.count) && !namespace.hasPrefix("-") && !namespace.hasSuffix("-")
      && namespace.utf8.allSatisfy { Self.nameBytes.contains($0) }
    guard isName else { throw ValidationError("--namespace \(namespace): no name of a namespace") }
    guard !image.isEmpty, image.utf8.allSatisfy({ Self.imageBytes.contains($0) }) else {
      throw ValidationError("--image \(image): no name of an image")
    }
  }

  private static let nameBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789-".utf8)
  private static let imageBytes = nameBytes.union("ABCDEFGHIJKLMNOPQRSTUVWXYZ._:/@".utf8)

  func run() throws {
    StandardOutput.write(
      NodeManifest.text(
        namespace: namespace, image: image, distribution: distribution?.distribution, place: leave.place))
  }
}

/// A distribution on the command line.
struct DistributionName: ListedArgument, Sendable {
  let distribution: NodeDistribution

  init?(argument: String) {
    guard let distribution = NodeDistribution(rawValue: argument), distribution != .unknown else { return nil }
    self.distribution = distribution
  }

  static var allValueStrings: [String] { NodeDistribution.allCases.filter { $0 != .unknown }.map(\.rawValue) }
}

/// Where a node leaves its record, on the command line.
struct LeavingPlace: ListedArgument, Sendable {
  let place: NodeManifest.Place

  init(_ place: NodeManifest.Place) { self.place = place }

  init?(argument: String) {
    guard let place = NodeManifest.Place(rawValue: argument) else { return nil }
    self.place = place
  }

  var defaultValueDescription: String { place.rawValue }
  static var allValueStrings: [String] { NodeManifest.Place.allCases.map(\.rawValue) }
}
