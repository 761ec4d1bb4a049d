import Bytes
package import Findings
package import Kube

/// Leaves the record of a node in a ConfigMap of its cluster (`node collect --config-map`).
package enum NodeRecordStore {
  /// Replaces the ConfigMap, or makes it where there is none.
  ///
  /// - Throws: one line for a record that is too large, and where the server refuses or does not answer.
  package static func leave(
    _ record: NodeRecord, namespace: String, at endpoint: ClusterEndpoint,
    environment: @escaping @Sendable (String) -> String? = { _ in nil }
  ) async throws(BartizanError) {
    let place = "ConfigMap \(namespace)/\(NodeRecordMap.name(record.name))"
    let document: DocumentNode
    do throws(DocumentError) {
      document = try NodeRecordMap.document(record, namespace: namespace)
    } catch { throw BartizanError(.input, "\(place): \(error.message)") }
    let body = Array(JSONWriter.compact(document).utf8)
    let client = try await KubernetesClient.connect(endpoint, environment: environment)
    let maps = "/api/v1/namespaces/\(namespace)/configmaps"
    do throws(APIFailure) {
      do throws(APIFailure) {
        _ = try await client.put("\(maps)/\(NodeRecordMap.name(record.name))", body)
      } catch {
        guard error.kind == .notFound else { throw error }
        _ = try await client.post(maps, body)
      }
    } catch {
      await client.close()
      throw BartizanError(.remote, "\(place): \(error.message)")
    }
    await client.close()
  }
}
