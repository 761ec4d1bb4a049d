import Bytes
import Collect
package import Findings
package import Images
package import Store
import Transport

/// Where the advisories are kept, and what is known of exploitation.
package struct AdvisoryStoreFiles: Sendable {
  package let folder: String

  package init(folder: String) { self.folder = folder }

  package var store: String { folder + "/advisories.bin" }
  package var risks: String { folder + "/risks.bin" }
  /// Where archives from URLs are kept, so that what has not changed is not fetched again.
  package var downloads: String { folder + "/downloads" }

  package func open() throws(BartizanError) -> AdvisoryStore {
    do {
      return try AdvisoryStore(try MappedFile(store))
    } catch let error as DocumentError {
      throw BartizanError(error, in: store)
    } catch let error as BartizanError {
      throw BartizanError(.input, "\(error.message); `bartizan advisories update` makes the store", cause: error)
    } catch {
      throw BartizanError(.input, "\(store): \(error)", cause: error)
    }
  }

  /// What is known of exploitation; nothing where it was never fetched.
  package func openRisks() throws(BartizanError) -> RiskIndex {
    guard FilePaths.exists(risks) else { return .empty }
    let bytes = try FileReader.named(risks)
    do throws(DocumentError) { return try RiskIndex(bytes) } catch { throw BartizanError(error, in: risks) }
  }

  /// Both as they are now.
  ///
  /// - Parameter time: now, RFC 3339.
  package func state(time: String) throws(BartizanError) -> AdvisoryState {
    AdvisoryState(store: try open(), risks: try openRisks(), time: time)
  }

  func write(_ bytes: [UInt8], to file: String) throws(BartizanError) {
    FilePaths.makeFolders(folder, mode: 0o755)
    try FileWriter.replace(file, with: bytes)
  }
}
