/// Every bound on what a client may send to a listener, and on how long it may take, in one place.
package struct ServerLimits: Sendable {
  /// Most connections at a time; a further one is closed at once.
  package var connections = 1_024
  /// Most connections at a time of one address, so that one client does not take all of them.
  package var connectionsPerAddress = 512
  /// Longest head of a request in bytes, all fields together.
  package var headBytes = 64 << 10
  /// Most fields in a head.
  package var headFields = 128
  /// Bytes of all bodies that are held at a time, over all connections.
  package var heldBytes = 256 << 20
  /// Most requests that are worked on at a time.
  package var requests = 256
  /// From the connection, TLS included, to the end of the first head.
  package var head = Duration.seconds(10)
  /// From the end of one answer to the end of the next head. Longer than clients keep connections that they do not use (Go: 90
  /// seconds), so that it is the client that ends them.
  package var idle = Duration.seconds(120)
  /// From the end of the head to the end of the body.
  package var body = Duration.seconds(30)
  /// From an answer to its last byte at the client.
  package var answer = Duration.seconds(30)
  /// How long requests that are being answered may go on once the server is told to stop.
  package var stop = Duration.seconds(10)

  package init() {}
}
