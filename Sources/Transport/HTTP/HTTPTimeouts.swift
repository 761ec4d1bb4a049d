/// Timeouts for a server. No wait is unlimited.
package struct HTTPTimeouts: Sendable, Hashable {
  /// For name resolution, the connection, a proxy, and the TLS handshake together.
  package var connect = Duration.seconds(10)
  /// Between two bytes.
  package var idle = Duration.seconds(30)
  /// For the head of the response.
  package var answer = Duration.seconds(120)
  /// For the whole of a body that is kept in memory, since one that trickles in is never idle.
  package var body = Duration.seconds(120)
  /// For the whole of a body that is processed as it arrives.
  package var stream = Duration.seconds(2 * 3600)
  /// Minimum average rate of such a body in bytes per second, after the first minute.
  package var slowestRate = 4096

  package init() {}
}

extension Duration {
  /// Whole seconds, for messages.
  var seconds: Int64 { components.seconds }
}
