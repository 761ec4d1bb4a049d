/// Bounds on the connections of a `StreamListener`.
package struct StreamLimits: Sendable {
  /// Most connections at a time; a further one is closed at once.
  package var connections = 1_024
  /// Most connections at a time of one address.
  package var connectionsPerAddress = 512
  /// Bytes that are held at a time, over all connections (`StreamConnection.hold`).
  package var heldBytes = 256 << 20
  /// From the connection to the end of TLS's handshake.
  package var handshake = Duration.seconds(10)
  /// How long connections may go on with what they have begun once the listener is told to stop.
  package var stop = Duration.seconds(10)

  package init() {}

  var load: ServerLimits {
    var limits = ServerLimits()
    limits.connections = connections
    limits.connectionsPerAddress = connectionsPerAddress
    limits.heldBytes = heldBytes
    return limits
  }
}
