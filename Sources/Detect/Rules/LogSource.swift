/// What kind of events a rule is about; nil where the rule does not say.
package struct LogSource: Sendable, Hashable {
  package var product: String?
  package var category: String?
  package var service: String?

  package init(product: String? = nil, category: String? = nil, service: String? = nil) {
    self.product = product?.lowercased()
    self.category = category?.lowercased()
    self.service = service?.lowercased()
  }

  package var text: String {
    let parts = [product, category, service].compactMap { $0 }
    return parts.isEmpty ? "any" : parts.joined(separator: "/")
  }
}
