import ArgumentParser
import Bytes
import Collect
import Console
import Detect
import Events
import Findings
import Glibc
import Operations
import Server
import Transport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run as a server: take events and find them again, answer admission reviews, or both.",
    discussion: """
      EXAMPLES
        bartizan serve
        bartizan serve --data /var/lib/bartizan --retain 90d --retain-size 50GB
        bartizan serve --data /var/lib/bartizan --listen :8787 \\
          --certificates /var/lib/bartizan/tls --tls-name logs.example
        bartizan serve --forward forward.yaml --rules my-rules/ \\
          --snapshot cluster.json
        bartizan serve --fluent 127.0.0.1:24224 --syslog :514 --syslog-from 10.0.0.0/8
        bartizan serve --admission-listen 127.0.0.1:9443 --policies policies/ \\
          --context prod --admission-anonymous
        bartizan serve --admission-listen :9443 --config serve.yaml \\
          --in-cluster --admission-client-ca ca.crt
        bartizan serve --check --admission-listen :9443 --policies policies/ \\
          --tokens tokens.json

      EVENTS are taken at --listen from senders that know the API server's audit webhook (/audit), Elasticsearch's bulk API \
      (/, /_bulk), Splunk's HTTP event collector (/services/collector), Sumo Logic (/receiver/v1/http/TOKEN), OTLP over \
      HTTP (/v1/logs), Falco (/falco) or plain lines (/ingest), and at ports of their own by Fluent Forward (--fluent) and \
      syslog (--syslog, --syslog-tls). What is acknowledged is on the disk. `bartizan events \
      search --server` asks the server, or docs/openapi.yaml over HTTP. Without --admission-listen this is what runs.

      RULES look at what comes: those that come with the program, and those of --rules. What they find is kept beside the \
      events (`bartizan incidents`, `bartizan alerts`) and sent to the destinations of --forward; --no-detection only keeps events. \
      With --snapshot, or a live cluster, alerts about what is worth more there are more severe, as with `bartizan detect \
      --snapshot`. Every hour a harmless event is taken in, whose alert must come (--self-test).

      Clients show a token: of scope ingest to send, read to ask, admin for both (`bartizan token create`). The first time \
      an admin token is made and printed on standard output, this once; or it is what BARTIZAN_TOKEN or --token-file holds. \
      Other machines are listened to only with TLS.

      ADMISSION REVIEWS are answered at --admission-listen, at /admit/PROFILE (validating) and /mutate/PROFILE (mutating), \
      with the verdicts of `bartizan admission check`, `audit` and `review`; the profile is default where --config names \
      none. TLS is always on. `bartizan admission install` prints what is to be applied so that the API server asks. \
      docs/how-to/run-the-admission-webhook.md leads through it.

      /healthz, /readyz and /metrics are for probes and Prometheus. Certificates of our own (--certificates) are held in \
      memory, and renewed. SIGHUP reads tokens, certificates, policies and cluster anew; SIGTERM and SIGINT end requests, \
      then the program. Each option of the server of events can be a variable: BARTIZAN_DATA, BARTIZAN_LISTEN, …

      Exit code 0: told to stop; 2: settings or policies are not in order; 3: the address cannot be listened on, or another \
      process writes to the store.
      """)

  @OptionGroup(title: "Events") var events: EventServerOptions
  @Option(
    help: ArgumentHelp(
      "Answer admission reviews at this address and port: 127.0.0.1:9443, or :9443 for every address.",
      valueName: "address"))
  var admissionListen: String?
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Option(
    help: "Settings in YAML; docs/how-to/run-the-event-server.md and docs/admission.md have the fields.",
    completion: .file())
  var config: String?
  @Option(
    help: ArgumentHelp(
      "Read policies and cluster anew so often; 300 by default with a live cluster.", valueName: "seconds"))
  var refresh: Int?
  @Option(
    help: "The folder of our certificate authority; for the webhook, below XDG_STATE_HOME by default.",
    completion: .directory)
  var certificates: String?
  @Option(
    help: ArgumentHelp(
      "A DNS name or address by which the API server calls the webhook. Repeatable.", valueName: "name"))
  var admissionName: [String] = []
  @Option(help: "A certificate to show instead, as PEM with its intermediates.", completion: .file())
  var tlsCertificate: String?
  @Option(help: "Its key, as PEM.", completion: .file()) var tlsKey: String?
  @Option(
    help: "The authority, as PEM, of client certificates that may ask the webhook.", completion: .file())
  var admissionClientCa: String?
  @Option(
    help: ArgumentHelp(
      "The common name of a client certificate that may ask; all of the authority by default. Repeatable.",
      valueName: "name"))
  var admissionClientName: [String] = []
  @Option(
    help:
      "The file of tokens, as `bartizan token create` writes it; for events, below --data or XDG_STATE_HOME by default.",
    completion: .file())
  var tokens: String?
  @Flag(help: "Let everybody ask the webhook who reaches it; API servers show nothing unless they are told to.")
  var admissionAnonymous = false
  @Option(
    help: ArgumentHelp("With --admission-anonymous: reviews a second from one address.", valueName: "reviews"))
  var admissionRate = 500
  @Flag(help: "Check settings, policies and certificates, and stop.") var check = false

  func validate() throws {
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    if tlsCertificate != nil, certificates != nil || !admissionName.isEmpty || !events.tlsName.isEmpty {
      throw ValidationError("--tls-certificate takes the place of --certificates, --admission-name and --tls-name")
    }
    if let refresh, !(10...86_400).contains(refresh) {
      throw ValidationError("--refresh \(refresh): from 10 to 86400 seconds")
    }
    if !(1...1_000_000).contains(admissionRate) {
      throw ValidationError("--admission-rate \(admissionRate): from 1 to 1000000")
    }
    if !admissionClientName.isEmpty, admissionClientCa == nil {
      throw ValidationError("--admission-client-name needs --admission-client-ca")
    }
    if (policies.policies + cluster.file).contains("-") {
      throw ValidationError("standard input cannot be read again; name a file")
    }
  }

  /// The options that are for the webhook alone, as far as they are used.
  private var admissionOptions: [String] {
    var names: [String] = []
    if !policies.policies.isEmpty { names.append("--policies") }
    if !cluster.file.isEmpty { names.append("--file") }
    if live.context != nil { names.append("--context") }
    if live.kubeconfig != nil { names.append("--kubeconfig") }
    if live.inCluster { names.append("--in-cluster") }
    if refresh != nil { names.append("--refresh") }
    if !admissionName.isEmpty { names.append("--admission-name") }
    if admissionClientCa != nil { names.append("--admission-client-ca") }
    if admissionAnonymous { names.append("--admission-anonymous") }
    return names
  }

  /// Whether an option of the webhook is for the server of events as well.
  private func isForEvents(_ option: String) -> Bool {
    !events.noDetection && ["--context", "--kubeconfig", "--in-cluster", "--refresh"].contains(option)
  }

  /// Reads the cluster by which alerts are weighed, and renews a directory by it; nil where none is named.
  private func facts(
    _ snapshots: [String], _ directory: RenewedDirectory
  ) -> (@Sendable () async throws -> ClusterFacts)? {
    let live = live
    let isLive = live.context != nil || live.kubeconfig != nil || live.inCluster
    guard !snapshots.isEmpty || isLive else { return nil }
    return {
      let cluster = try await Input.snapshot(snapshots, live)
      directory.renew(PodDirectory(cluster))
      return await ClusterFacts(cluster)
    }
  }

  /// What is to run, by options, variables and the file.
  private func settings() async throws -> (settings: Serving.Settings, madeToken: String?) {
    var settings = Serving.Settings()
    let file = try config.map { path throws(BartizanError) in
      try ServeConfiguration(try FileReader.named(path), file: path, policies: policies.policies)
    }
    let listen = admissionListen.map { EventConfiguration.Text($0, "--admission-listen") } ?? file?.admissionListen
    if let listen {
      settings.admission = try admission(listen, file)
    } else if let option = admissionOptions.first(where: { !isForEvents($0) }) {
      throw BartizanError(.usage, "\(option) is for the admission webhook: name its address with --admission-listen")
    } else if let file, file.namesAdmission {
      throw BartizanError(
        .usage, "\(config ?? ""): admission: name the address of the webhook, with listen or --admission-listen")
    }
    guard listen == nil || events.isUsed || file?.events != nil else { return (settings, nil) }
    let written = events.configuration(
      certificate: tlsCertificate, key: tlsKey, certificates: certificates, tokens: tokens
    )
    .or(file?.events ?? EventConfiguration())
    let keeper = TokenKeeper(written, own: try TokenFiles.token(events.tokenFile))
    // A trial makes nothing.
    let (list, made) = try check ? (try keeper.list(), nil) : keeper.open(created: Today.moment)
    var server = try written.settings(folder: UserFolder.state("events"), tokens: TokenRegister(list))
    server.detection = try written.detection(today: Today.text, environment: Environment.value)
    let directory = RenewedDirectory()
    if server.detection != nil, let facts = facts(written.snapshots.map(\.value), directory) {
      server.decoding.directory = directory
      server.detection?.facts = try await facts()
      server.detection?.freshFacts = facts
      if let refresh { server.detection?.refresh = .seconds(refresh) }
    }
    server.freshTokens = { () throws(BartizanError) in try keeper.list() }
    settings.events = server
    return (settings, made)
  }

  private func admission(
    _ listen: EventConfiguration.Text, _ file: ServeConfiguration?
  ) throws -> AdmissionServer.Settings {
    guard let address = ListenAddress(listen.value) else {
      throw BartizanError(
        .usage,
        "\(listen.name) \(listen.value): wanted is an IP address with a port, such as 127.0.0.1:9443, or :9443")
    }
    if file == nil, policies.policies.isEmpty {
      throw BartizanError(.usage, "nothing to judge by: name policies with --policies, or profiles with --config")
    }
    let configuration = file ?? ServeConfiguration(profiles: [.init(name: "default", policies: policies.policies)])
    var settings = AdmissionServer.Settings(
      address: address, configuration: configuration, certificate: try certificate(address))
    let (files, live) = (cluster, live)
    if !files.file.isEmpty || live.isUsed {
      settings.cluster = { try await Input.admissionSnapshot(files.file, live) }
    }
    settings.registry = RegistrySettings(environment: Environment.value)
    settings.registry.configuration = try RegistryConfiguration(environment: Environment.value)
    settings.home = Environment.value("HOME")
    settings.refresh = refresh.map { .seconds($0) } ?? (live.isUsed ? .seconds(300) : nil)
    settings.clientAuthorities = try admissionClientCa.map { path throws(BartizanError) in try FileReader.named(path) }
    settings.access.clientNames = Set(admissionClientName)
    if let tokens { settings.access.tokens = try TokenFiles.read(tokens) }
    if admissionAnonymous { settings.access.anonymous = admissionRate }
    return settings
  }

  private func certificate(_ address: ListenAddress) throws(BartizanError) -> ListenerIdentity.Source {
    if let tlsCertificate, let tlsKey { return .files(certificate: tlsCertificate, key: tlsKey) }
    for name in admissionName where IPAddress(name) == nil && !DNSName.isName(name) {
      throw BartizanError(.usage, "--admission-name \(name): neither a DNS name nor an IP address")
    }
    var names = admissionName + ["localhost", "127.0.0.1", "::1"]
    if let own = IPAddress(address.host), own.value != 0 { names.append(address.host) }
    var seen = Set<String>()
    return .own(
      folder: certificates ?? UserFolder.state("certificates"), names: names.filter { seen.insert($0).inserted })
  }

  func run() async throws {
    // A client that goes away must not end the server.
    signal(SIGPIPE, SIG_IGN)
    let streams = StandardStreams.current
    let metrics = Metrics()
    metrics.set(Measures.build, [("version", Version.text)], to: 1)
    let surroundings = Surroundings(
      metrics: metrics, tell: { text in StandardStreams.$current.withValue(streams) { StandardError.line(text) } },
      now: streams.now)
    let (settings, madeToken) = try await settings()
    let prepared = try await Serving.prepare(settings, surroundings)
    if check {
      let what = (prepared.servesEvents ? ["events"] : []) + prepared.admissionPaths
      StandardOutput.write(
        "settings, policies and certificates are in order: \(what.joined(separator: ", "))\n")
      return
    }
    let signals = StopSignals()
    defer { signals.cancel() }
    let serving = try await Serving.start(prepared)
    if let madeToken {
      StandardError.line("the line on standard output is the admin token; only its hash is kept, so keep it yourself")
      StandardOutput.write(madeToken + "\n")
    }
    if let server = serving.events {
      StandardError.line(
        "events are taken at \(server.isSecure ? "https" : "http")://\(server.address.text), and kept in \(server.folder)"
      )
    }
    for line in serving.events?.senderLines ?? [] { StandardError.line(line) }
    for line in serving.events?.detectionLines ?? [] { StandardError.line(line) }
    if let server = serving.admission {
      let list = prepared.admissionPaths.joined(separator: ", ")
      StandardError.line("admission reviews are answered at https://\(server.address.text): \(list)")
    }
    events: for await event in signals.events {
      switch event {
      case .reload: await serving.reload()
      case .stop: break events
      }
    }
    StandardError.line("stopping")
    await serving.stop()
  }
}
