/// What is asked of a pair: a port, or a protocol that has none, and what is known of the request.
package struct ReachQuestion: Sendable {
  /// Nil for protocols without ports.
  package let transport: ConnectionSet.TransportProtocol?
  package let port: UInt16
  package let request: ConnectionRequest

  package init(_ transport: ConnectionSet.TransportProtocol?, _ port: UInt16, _ request: ConnectionRequest = .init()) {
    self.transport = transport
    self.port = port
    self.request = request
  }

  func condition(of set: ConnectionSet) -> Condition { transport.map { set.condition($0, port) } ?? set.other }

  /// Nil when it depends on something that the question does not say.
  func isMet(by set: ConnectionSet) -> Bool? { condition(of: set).holds(for: request) }
}
