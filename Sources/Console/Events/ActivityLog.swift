import Bytes
import Ingest
import Server

/// What people had this server do, as events of the store (`bartizan.activity`).
struct ActivityLog: Sendable {
  private let intake: Intake
  private let surroundings: Surroundings

  /// The protocol by which events of this process itself come.
  static let protocolName = "internal"

  init(_ intake: Intake, _ surroundings: Surroundings) {
    self.intake = intake
    self.surroundings = surroundings
  }

  /// Records that somebody had secrets shown.
  ///
  /// - Returns: whether it is recorded, durably.
  func revealed(
    to identity: ClientIdentity, _ address: String, _ path: String, _ parameters: EventAPIParameters
  ) async -> Bool {
    await record("secrets-revealed", identity, address, path, parameters)
  }

  /// Records what somebody did.
  ///
  /// - Parameter action: such as `alert-changed`.
  /// - Returns: whether it is recorded, durably.
  func record(
    _ action: String, _ identity: ClientIdentity, _ address: String, _ path: String, _ parameters: EventAPIParameters
  ) async -> Bool {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("bartizan", "activity")
      writer.field("time", surroundings.now().text)
      writer.field("action", action)
      writer.field("user", identity.name)
      writer.field("source", address)
      writer.field("path", path)
      writer.key("parameters")
      writer.object { writer in
        for (name, values) in parameters.described { writer.field(name, values) }
      }
    }
    writer.endLine()
    do throws(Intake.Refusal) {
      _ = try await intake.take(writer.bytes, Self.protocolName, from: "\(identity.name)@\(address)")
      return true
    } catch {
      return false
    }
  }
}
