/// What is known of one request beyond its addresses and port.
package struct ConnectionRequest: Sendable {
  package var ipProtocol: String?
  package var icmpType: Int?
  package var icmpCode: Int?
  package var method: String?
  package var host: String?
  package var path: String?
  /// Nil when the headers are not known; an absent header of a known list is absent.
  package var headers: [String: String]?
  package var query: String?

  package init() {}
}
