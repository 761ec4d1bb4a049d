import ArgumentParser
import Bytes
import Console
import Findings
import Glibc
import Operations
import Server
import Transport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run as a server: answer the admission reviews of an API server.",
    discussion: """
      EXAMPLES
        bartizan serve --admission-listen 127.0.0.1:9443 --policies policies/ --context prod --admission-anonymous
        bartizan serve --admission-listen :9443 --config serve.yaml --in-cluster --admission-client-ca ca.crt
        bartizan serve --check --admission-listen :9443 --policies policies/ --tokens tokens.json

      AdmissionReviews are answered at /admit/PROFILE (validating) and /mutate/PROFILE (mutating) with the verdicts of \
      `bartizan admission check`, `audit` and `review`; the profile is default where --config names none. /healthz, \
      /readyz and /metrics are for probes and Prometheus. `bartizan admission install` prints what is to be applied so \
      that the API server asks.

      TLS is always on. Without --tls-certificate, certificates are made by an authority of our own (--certificates), \
      held in memory, and renewed. SIGHUP reads policies and cluster anew, SIGTERM and SIGINT end requests, then the \
      program. docs/how-to/run-the-admission-webhook.md leads through it.

      Exit code 0: told to stop; 2: settings or policies are not in order; 3: the address cannot be listened on.
      """)

  @Option(
    help: ArgumentHelp(
      "Answer admission reviews at this address and port: 127.0.0.1:9443, or :9443 for every address.",
      valueName: "address"))
  var admissionListen: String?
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Option(help: "Profiles and exemptions, in YAML; docs/admission.md has the fields.", completion: .file())
  var config: String?
  @Option(
    help: ArgumentHelp(
      "Read policies and cluster anew so often; 300 by default with a live cluster.", valueName: "seconds"))
  var refresh: Int?
  @Option(help: "The folder of our certificate authority; below XDG_STATE_HOME by default.", completion: .directory)
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
  @Option(help: "Tokens that may ask, as `bartizan token create` writes them.", completion: .file())
  var tokens: String?
  @Flag(help: "Let everybody ask the webhook who reaches it; API servers show nothing unless they are told to.")
  var admissionAnonymous = false
  @Option(
    help: ArgumentHelp("With --admission-anonymous: reviews a second from one address.", valueName: "reviews"))
  var admissionRate = 500
  @Flag(help: "Check settings, policies and certificates, and stop.") var check = false

  func validate() throws {
    if admissionListen == nil { throw ValidationError("--admission-listen names the address of the webhook") }
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    if tlsCertificate != nil, certificates != nil || !admissionName.isEmpty {
      throw ValidationError("--tls-certificate takes the place of --certificates and --admission-name")
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

  private func settings() throws -> AdmissionServer.Settings {
    let word = admissionListen ?? ""
    guard let address = ListenAddress(word) else {
      throw BartizanError(
        .usage, "--admission-listen \(word): wanted is an IP address with a port, such as 127.0.0.1:9443, or :9443")
    }
    var configuration = ServeConfiguration(profiles: [.init(name: "default", policies: policies.policies)])
    if let config {
      configuration = try ServeConfiguration(try FileReader.named(config), file: config, policies: policies.policies)
    } else if policies.policies.isEmpty {
      throw BartizanError(.usage, "nothing to judge by: name policies with --policies, or profiles with --config")
    }
    var settings = AdmissionServer.Settings(
      address: address, configuration: configuration, certificate: try certificate(address))
    let (files, live) = (cluster, live)
    if !files.file.isEmpty || live.isUsed {
      settings.cluster = { try await Input.admissionSnapshot(files.file, live) }
    }
    settings.refresh = refresh.map { .seconds($0) } ?? (live.isUsed ? .seconds(300) : nil)
    settings.clientAuthorities = try admissionClientCa.map { path throws(BartizanError) in try FileReader.named(path) }
    settings.access.clientNames = Set(admissionClientName)
    if let tokens { settings.access.tokens = try TokenFiles.read(tokens) }
    if admissionAnonymous { settings.access.anonymous = admissionRate }
    return settings
  }

  private func certificate(_ address: ListenAddress) throws(BartizanError) -> AdmissionServer.Certificate {
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
    let surroundings = AdmissionServer.Surroundings(
      metrics: metrics, tell: { text in StandardStreams.$current.withValue(streams) { StandardError.line(text) } },
      time: streams.time)
    let prepared = try await AdmissionServer.prepare(try settings(), surroundings)
    if check {
      StandardOutput.write(
        "settings, policies and certificates are in order: \(prepared.paths.joined(separator: ", "))\n")
      return
    }
    let signals = StopSignals()
    defer { signals.cancel() }
    let server = try await AdmissionServer.start(prepared)
    let list = prepared.paths.joined(separator: ", ")
    StandardError.line("admission reviews are answered at https://\(server.address.text): \(list)")
    events: for await event in signals.events {
      switch event {
      case .reload:
        await server.reload()
        server.renew()
      case .stop: break events
      }
    }
    StandardError.line("stopping")
    await server.stop()
  }
}
