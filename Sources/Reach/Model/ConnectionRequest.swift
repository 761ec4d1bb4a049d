/// What is known of one request beyond its addresses and port.
package struct ConnectionRequest: Sendable {
  /// The name of a protocol without ports, such as `ICMP`, or its number as text. A field that is nil is unknown, so
  /// that a rule about it is undecided.
  package var ipProtocol: String?
  package var icmpType: Int?
  package var icmpCode: Int?
  package var method: String?
  package var host: String?
  package var path: String?
  /// Nil when the headers are not known; an absent header of a known list is absent.
  package var headers: [String: String]?
  package var query: String?
  /// The name that TLS asks for (SNI).
  package var serverName: String?

  package init() {}
}
