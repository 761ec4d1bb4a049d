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
  }

  /// What is sent.
  package enum Content: String, Sendable, CaseIterable {
    case alerts
    case incidents
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
  /// Category of Sumo Logic, or source of Splunk.
  package var source: String?
  /// Whether Splunk is asked if it has indexed what it took.
  package var waitsForAcknowledgement = false
  /// Authorities to trust beside those of the machine, in PEM.
  package var authorities: [UInt8]?
  /// Whether credentials may go over plain HTTP, at the user's request.
  package var allowsPlainHTTP = false

  package init(name: String, kind: Kind, url: HTTPURL) {
    self.name = name
    self.kind = kind
    self.url = url
    content = kind == .slack || kind == .alertmanager ? [.incidents] : [.alerts, .incidents]
    isSecretURL = kind == .slack || kind == .sumoLogic
  }

  /// For messages.
  package var shown: String { isSecretURL ? "\(name) (\(url.scheme)://\(url.authority)/…)" : "\(name) (\(url.shown))" }
}
