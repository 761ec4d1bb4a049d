import Bytes
import Collect
package import Findings
package import Images
package import Store
import Transport

/// The files of the advisory store and the risk index.
package struct AdvisoryStoreFiles: Sendable {
  package let folder: String

  package init(folder: String) { self.folder = folder }

  package var store: String { folder + "/advisories.bin" }
  package var risks: String { folder + "/risks.bin" }
  /// Where downloaded archives are kept, so that unchanged ones are not downloaded again.
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

  /// The risk index; empty where none was ever downloaded.
  package func openRisks() throws(BartizanError) -> RiskIndex {
    guard FilePaths.exists(risks) else { return .empty }
    let bytes = try FileReader.named(risks)
    do throws(DocumentError) { return try RiskIndex(bytes) } catch { throw BartizanError(error, in: risks) }
  }

  /// The current advisories and risk index.
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
