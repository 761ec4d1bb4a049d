/// What stands behind a `StreamListener`.
package protocol StreamService: Sendable {
  /// Whether an address may connect. Decided before a byte is read, on the thread of the connection: it must not wait.
  func admits(_ address: String) -> Bool
  /// Serves a connection from its beginning, TLS included, to its end. The connection is closed once it returns.
  func serve(_ connection: StreamConnection) async
  /// Told of every connection that was not served.
  func refused(_ refusal: StreamRefusal, from address: String)
}

/// Why a connection was not served.
package enum StreamRefusal: Sendable, Hashable {
  /// `StreamService.admits` said no.
  case address
  /// There are too many connections, of all or of this address.
  case connections
  /// TLS was not agreed on, or not in time; a certificate that does not hold, or no TLS at all.
  case handshake
}

/// What a read of a connection found.
package enum StreamRead: Sendable, Hashable {
  /// What arrived; at least one byte.
  case bytes([UInt8])
  /// The client has ended its side, or the connection is gone. Nothing more comes.
  case ended
  /// Nothing arrived in time.
  case late
  /// The listener stops. What had arrived was returned before.
  case stopping
}

/// Why nothing listens.
package struct ListenFailure: Error, Sendable {
  /// One line: where, and why.
  package let message: String

  package init(message: String) { self.message = message }
}
