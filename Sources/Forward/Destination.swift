package import Findings
package import Transport

/// Where alerts and incidents are sent, and how.
package struct Destination: Sendable {
  /// What a destination speaks.
  package enum Kind: String, Sendable, CaseIterable {
    /// The HTTP Event Collector of Splunk.
    case splunk = "splunk-hec"
    /// The `_bulk` interface of Elasticsearch and OpenSearch.
    case elasticsearch
    /// A hosted HTTP source.
    case sumoLogic = "sumo-logic"
    case alertmanager
    /// JSON to any URL, signed where there is a key.
    case webhook
    /// An incoming webhook of Slack, or of what understands its messages.
    case slack
    /// A webhook of Microsoft Teams that takes cards.
    case teams
    /// The Events API v2 of PagerDuty, and what speaks it.
    case pagerDuty = "pagerduty"
    /// Syslog over TLS, or over TCP.
    case syslog
    /// The Forward protocol of Fluentd and Fluent Bit.
    case fluentForward = "fluent-forward"
    /// Logs of OpenTelemetry over HTTP.
    case otlp

    /// Schemes of URLs that are not HTTP's, with the usual port of each; empty for what is reached over HTTP.
    package var schemes: [String: Int] {
      switch self {
      case .syslog: ["tls": 6_514, "tcp": 514]
      case .fluentForward: ["tls": 24_224, "tcp": 24_224]
      default: [:]
      }
    }

    /// Whether it is a person that is told, or who wakes one: by incidents alone, unless something else is said.
    var isForPeople: Bool { [.slack, .teams, .pagerDuty, .alertmanager].contains(self) }
  }

  /// How a message of syslog is written.
  package enum SyslogFormat: String, Sendable, CaseIterable {
    /// JSON in a message of RFC 5424.
    case rfc5424
    /// The Common Event Format of ArcSight in such a message.
    case cef
  }

  /// What is sent.
  package enum Content: String, Sendable, CaseIterable {
    case alerts
    case incidents
    /// Every event that is stored, or those that a question finds.
    case events
  }

  /// A token, password, key or secret URL. It never shows in a description.
  package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
  }

  package var name: String
  package var kind: Kind
  package var url: HTTPURL
  /// Whether the URL itself lets in whoever knows it, so that it is never shown.
  package var isSecretURL = false
  package var content: Set<Content>
  /// What is less severe is not sent.
  package var least = Severity.info
  /// HEC: the token. Elasticsearch: the API key, or the password of `username`. Webhook: the bearer token.
  package var secret: Secret?
  package var username: String?
  /// The key by which a webhook's body is signed.
  package var signingKey: Secret?
  /// Index of Splunk, or beginning of the names of indexes of Elasticsearch.
  package var index: String?
  /// After how many days indexes of Elasticsearch go: they are by month, and it is told so before the first documents. Nil:
  /// one index each, which is left to whoever runs it.
  package var retainedDays: Int?
  /// Category of Sumo Logic, or source of Splunk.
  package var source: String?
  /// Whether Splunk is asked if it has indexed what it took.
  package var waitsForAcknowledgement = false
  /// Authorities to trust beside those of the machine, in PEM.
  package var authorities: [UInt8]?
  /// Certificate and key that are shown to the receiver, in PEM.
  package var certificate: [UInt8]?
  package var certificateKey: [UInt8]?
  /// Whether credentials may go over plain HTTP, and anything over plain TCP, at the user's request.
  package var allowsPlainHTTP = false
  /// The name of the header that holds the token of OTLP; nil for the usual one.
  package var tokenHeader: String?
  package var syslogFormat = SyslogFormat.rfc5424
  /// The key that a receiver of Fluent Forward knows.
  package var sharedKey: Secret?
  /// What tags of Fluent Forward begin with.
  package var tag: String?
  /// Which events are sent, in the language of questions; nil for all.
  package var question: String?

  package init(name: String, kind: Kind, url: HTTPURL) {
    self.name = name
    self.kind = kind
    self.url = url
    content = kind.isForPeople ? [.incidents] : [.alerts, .incidents]
    isSecretURL = [.slack, .sumoLogic, .teams].contains(kind)
  }

  /// Whether events may be sent to it: what is for people, and formats that have alerts alone, take none.
  package var takesEvents: Bool { !kind.isForPeople && !(kind == .syslog && syslogFormat == .cef) }

  /// The port of a receiver that is not reached over HTTP.
  var port: Int { url.port ?? kind.schemes[url.scheme] ?? 0 }
  /// Whether a receiver that is not reached over HTTP is reached over TLS.
  var isTLS: Bool { url.scheme == "tls" }

  /// For messages.
  package var shown: String { isSecretURL ? "\(name) (\(url.scheme)://\(url.authority)/…)" : "\(name) (\(url.shown))" }
}
