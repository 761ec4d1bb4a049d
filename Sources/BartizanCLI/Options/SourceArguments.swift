import ArgumentParser
import Collect
import Findings
import Kube
import Operations
import Transport

/// Files to read, for commands that have no other arguments.
struct SourceArguments: ParsableArguments {
  @Argument(
    help: "Files, folders, charts, kustomizations, tar or tar.gz archives of manifests, or - for standard input.",
    completion: .file())
  var sources: [String] = []

  @Option(name: .shortAndLong, help: "The same as an option. Repeatable.", completion: .file())
  var file: [String] = []

  @Flag(help: "Do not render charts with helm and kustomizations with kubectl; read the files as they are.")
  var noRender = false

  @Option(
    help: "A file of values for the charts, as with helm --values. Repeatable.", completion: .file())
  var helmValues: [String] = []

  @Option(help: ArgumentHelp("A value for the charts, as with helm --set. Repeatable.", valueName: "name=value"))
  var helmSet: [String] = []
  @OptionGroup var place: PlacementOptions

  func validate() throws {
    if noRender, !helmValues.isEmpty || !helmSet.isEmpty {
      throw ValidationError(
        "--helm-values and --helm-set are for charts that are rendered, and --no-render renders none")
    }
  }

  var all: [String] { sources + file }

  /// The names of the input for reports.
  func names(_ cluster: ClusterOptions) -> [String] {
    let cluster =
      cluster.inCluster
      ? "in-cluster" : cluster.context ?? cluster.kubeconfig ?? (try? cluster.endpoint(beside: all))?.name
    return all + [cluster].compactMap { $0 }
  }

  /// - Parameters:
  ///   - readsAll: as for `Input.snapshot`.
  ///   - namespaces: to list one by one in a cluster where listing all of them is forbidden.
  ///   - keepsSchemas: whether CustomResourceDefinitions of files keep their schemas.
  ///   - version: of Kubernetes, for charts; nil for helm's own.
  ///   - verbose: whether each place of a problem is printed.
  func snapshot(
    _ cluster: ClusterOptions, namespaces: [String] = [], readsAll: Bool = false, keepsSchemas: Bool = false,
    version: String? = nil, verbose: Bool = false
  ) async throws -> ClusterSnapshot {
    var chart = ChartSettings()
    for file in helmValues where !FilePaths.exists(file) || FilePaths.isFolder(file) {
      // helm would take it for an address.
      throw BartizanError(.input, "--helm-values \(file): no such file")
    }
    chart.valueFiles = helmValues
    chart.values = helmSet
    chart.namespace = place.defaultNamespace
    chart.kubernetesVersion = version
    return place.applied(
      to: try await Input.snapshot(
        all, cluster, renders: !noRender, namespaces: namespaces, keepsSchemas: keepsSchemas, readsAll: readsAll,
        chart: chart, verbose: verbose))
  }
}

/// Files to read, for commands with other arguments.
struct FileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "A file, folder or archive of manifests or of a cluster's dump, or - for standard input. Repeatable.",
    completion: .file())
  var file: [String] = []
  @OptionGroup var place: PlacementOptions

  func snapshot(_ cluster: ClusterOptions?, and others: [String] = []) async throws -> ClusterSnapshot {
    place.applied(to: try await Input.snapshot(file + others, cluster))
  }
}

/// Where manifests go that do not say it.
struct PlacementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The namespace of objects that name none, as with kubectl --namespace; default by default.",
      valueName: "namespace"), transform: Input.namespace)
  var defaultNamespace: String?

  func applied(to snapshot: ClusterSnapshot) -> ClusterSnapshot {
    defaultNamespace.map(snapshot.inNamespace) ?? snapshot
  }
}

enum Input {
  /// Reads sources and a cluster; problems are printed to standard error.
  ///
  /// - Parameters:
  ///   - keepsSchemas: whether CustomResourceDefinitions keep their schemas, which admission asks for.
  ///   - readsAll: whether a live cluster is asked for all kinds, and not for those alone that some analysis reads.
  ///   - chart: what charts are rendered with.
  ///   - verbose: whether each place of a problem is printed.
  static func snapshot(
    _ sources: [String], _ cluster: ClusterOptions? = nil, renders: Bool = true, namespaces: [String] = [],
    keepsSchemas: Bool = false, readsAll: Bool = false, chart: ChartSettings = ChartSettings(), verbose: Bool = false
  ) async throws -> ClusterSnapshot {
    // Named twice, an object would be found twice.
    var seen: Set<String> = []
    let sources = sources.filter { seen.insert($0 == "-" ? $0 : FilePaths.real($0) ?? $0).inserted }
    var all: [any SnapshotSource] = sources.map {
      Sources.source($0, renders: renders, keepsSchemas: keepsSchemas, chart: chart)
    }
    if let cluster, let endpoint = try cluster.endpoint(beside: sources) {
      all.append(cluster.source(endpoint, namespaces: namespaces, readsAll: readsAll))
    }
    guard !all.isEmpty else {
      throw BartizanError(
        .usage, "no input: name a file or a folder, - for standard input, or a cluster with --context")
    }
    return try await snapshot(all, verbose: verbose)
  }

  static func snapshot(_ sources: [any SnapshotSource], verbose: Bool = false) async throws -> ClusterSnapshot {
    let progress = Progress()
    defer { progress.finish() }
    let snapshot = try await SnapshotReading.read(sources, progress: progress.handler)
    progress.finish()
    StandardError.lines(snapshot.problems, verbose: verbose)
    return snapshot
  }
}
