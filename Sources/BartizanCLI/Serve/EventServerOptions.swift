import ArgumentParser
import Console
import Operations

/// Where events are taken, by whom, and how long they are kept.
struct EventServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the store of events; below XDG_STATE_HOME by default.", valueName: "folder"),
    completion: .directory)
  var data: String?
  @Option(
    help: ArgumentHelp(
      "Take events at this address and port: \(EventConfiguration.usualAddress) by default, or :8787 for every address.",
      valueName: "address"))
  var listen: String?
  @Option(help: "The file that holds the admin token, in place of BARTIZAN_TOKEN.", completion: .file())
  var tokenFile: String?
  @Option(
    help: ArgumentHelp(
      "A DNS name or address by which senders call the server, for certificates of our own. Repeatable.",
      valueName: "name"))
  var tlsName: [String] = []
  @Option(
    help: "The authority, as PEM, of client certificates that may send events without a token.", completion: .file())
  var clientCa: String?
  @Option(help: ArgumentHelp("Keep events for this long, such as 90d.", valueName: "span")) var retain: String?
  @Option(help: ArgumentHelp("Keep at most this much, such as 50GB or 500MiB.", valueName: "size"))
  var retainSize: String?
  @Option(
    help: ArgumentHelp(
      "Keep events of a source for this long in place of --retain, such as falco.alert=30d. Repeatable.",
      valueName: "dataset=span"))
  var retainSource: [String] = []
  @Option(
    help: ArgumentHelp(
      "Keep alerts and incidents for this long after something last happened in them, such as 365d; for ever by default.",
      valueName: "span"))
  var retainAlerts: String?
  @Option(
    help: ArgumentHelp(
      "Networks of proxies in front of the API server, whose addresses are not those of clients. Repeatable. Loopback always is.",
      valueName: "cidr"))
  var trustedProxies: [String] = []

  @Option(
    help: ArgumentHelp("Take Fluent Forward at this address and port, such as 127.0.0.1:24224.", valueName: "address"))
  var fluent: String?
  @Option(
    help: "The file that holds the key which senders of Fluent Forward must know, in place of BARTIZAN_FLUENT_KEY.",
    completion: .file())
  var fluentKeyFile: String?
  @Option(
    help:
      "The file of users, a line `user:password` each, of which senders of Fluent Forward must be one besides knowing the key.",
    completion: .file())
  var fluentUsers: String?
  @Option(
    help: ArgumentHelp(
      "Take syslog over TCP and UDP at this address and port, such as 127.0.0.1:514.", valueName: "address"))
  var syslog: String?
  @Option(help: ArgumentHelp("Take syslog over TLS at this address and port, such as :6514.", valueName: "address"))
  var syslogTLS: String?
  @Option(
    help: ArgumentHelp(
      "A network from which syslog is taken without authentication. Repeatable.", valueName: "cidr"))
  var syslogFrom: [String] = []

  @Flag(help: "Only keep events: no rules look at them.") var noDetection = false
  @Option(
    help: ArgumentHelp(
      "Files and folders of Sigma and Falco rules, beside those that come with the program. Repeatable.",
      valueName: "path"), completion: .file())
  var rules: [String] = []
  @Option(
    help: ArgumentHelp(
      "Send alerts and incidents to the destinations of this file; docs/detection.md has its fields.", valueName: "file"
    ),
    completion: .file())
  var forward: String?

  @Option(
    help:
      "The cluster by which alerts are weighed, as every command reads one: a folder, a dump, an archive of `snapshot save`; a live one with --context or --in-cluster. Repeatable.",
    completion: .file())
  var snapshot: [String] = []
  @Option(
    help: ArgumentHelp(
      "Try so often whether what comes is looked at, with a harmless event whose alert must come: 1h by default, or off.",
      valueName: "span"))
  var selfTest: String?

  /// Whether the command line or a variable speaks of the server of events.
  var isUsed: Bool {
    data != nil || listen != nil || tokenFile != nil || !tlsName.isEmpty || clientCa != nil || retain != nil
      || retainSize != nil || !retainSource.isEmpty || !trustedProxies.isEmpty
      || fluent != nil || fluentKeyFile != nil || fluentUsers != nil || syslog != nil || syslogTLS != nil
      || !syslogFrom.isEmpty
      || noDetection || !rules.isEmpty || forward != nil || retainAlerts != nil || !snapshot.isEmpty || selfTest != nil
      || ["DATA", "LISTEN", "FLUENT", "SYSLOG", "SYSLOG_TLS"].contains { Self.variable($0) != nil }
  }

  /// The variable of an option; nil where it is not set, or empty.
  private static func variable(_ name: String) -> String? {
    Environment.value("BARTIZAN_" + name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What options and variables say.
  func configuration(certificate: String?, key: String?, certificates: String?, tokens: String?) -> EventConfiguration {
    func options(_ values: [String], _ option: String) -> [EventConfiguration.Text] {
      values.map { EventConfiguration.Text($0, option) }
    }
    func option(_ value: String?, _ option: String) -> EventConfiguration.Text? {
      value.map { EventConfiguration.Text($0, option) }
    }
    func variable(_ name: String) -> EventConfiguration.Text? {
      Self.variable(name).map { EventConfiguration.Text($0, "BARTIZAN_" + name) }
    }
    /// Several values, with commas between them.
    func list(_ name: String) -> [EventConfiguration.Text] {
      (variable(name)?.value ?? "").split(separator: ",").map { part in
        EventConfiguration.Text(part.filter { !$0.isWhitespace }, "BARTIZAN_" + name)
      }
    }
    var written = EventConfiguration()
    written.data = option(data, "--data")
    written.listen = option(listen, "--listen")
    written.tokens = option(tokens, "--tokens")
    written.certificate = option(certificate, "--tls-certificate")
    written.key = option(key, "--tls-key")
    written.certificates = option(certificates, "--certificates")
    written.names = options(tlsName, "--tls-name")
    written.clientAuthority = option(clientCa, "--client-ca")
    written.retain = option(retain, "--retain")
    written.retainSize = option(retainSize, "--retain-size")
    written.retainSources = options(retainSource, "--retain-source")
    written.trustedProxies = options(trustedProxies, "--trusted-proxies")
    written.fluent = option(fluent, "--fluent")
    written.fluentKeyFile = option(fluentKeyFile, "--fluent-key-file")
    written.fluentUsers = option(fluentUsers, "--fluent-users")
    written.syslog = option(syslog, "--syslog")
    written.syslogTLS = option(syslogTLS, "--syslog-tls")
    written.syslogFrom = options(syslogFrom, "--syslog-from")
    written.detects = noDetection ? false : nil
    written.rules = options(rules, "--rules")
    written.forward = option(forward, "--forward")
    written.snapshots = options(snapshot, "--snapshot")
    written.selfTest = option(selfTest, "--self-test")
    written.retainAlerts = option(retainAlerts, "--retain-alerts")
    var variables = EventConfiguration()
    variables.fluent = variable("FLUENT")
    variables.fluentKey = variable("FLUENT_KEY")
    variables.fluentUsers = variable("FLUENT_USERS")
    variables.syslog = variable("SYSLOG")
    variables.syslogTLS = variable("SYSLOG_TLS")
    variables.syslogFrom = list("SYSLOG_FROM")
    variables.rules = list("RULES")
    variables.forward = variable("FORWARD")
    variables.snapshots = list("SNAPSHOT")
    variables.selfTest = variable("SELF_TEST")
    variables.retainAlerts = variable("RETAIN_ALERTS")
    variables.data = variable("DATA")
    variables.listen = variable("LISTEN")
    variables.tokens = variable("TOKENS")
    variables.certificate = variable("TLS_CERTIFICATE")
    variables.key = variable("TLS_KEY")
    variables.certificates = variable("CERTIFICATES")
    variables.names = list("TLS_NAME")
    variables.clientAuthority = variable("CLIENT_CA")
    variables.retain = variable("RETAIN")
    variables.retainSize = variable("RETAIN_SIZE")
    variables.retainSources = list("RETAIN_SOURCE")
    variables.trustedProxies = list("TRUSTED_PROXIES")
    return written.or(variables)
  }
}
