import Findings
import Images
import PodSecurity

struct RegistryStaleImage: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-stale-image", title: "Image not rebuilt for a year", severity: .low,
    rationale: "What was built long ago lacks every correction since.",
    remediation: "Build it again, or take it away: what nobody builds nobody mends.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    // The same day of the year before; dates compare as texts.
    guard let year = Int(context.today.prefix(4)) else { return [] }
    let limit = "\(year - 1)\(context.today.dropFirst(4))"
    return seen.images.compactMap { image in
      let created = image.created ?? ""
      let day = String(created.prefix(10))
      guard day.count == 10, created > "0002", day < limit else { return nil }
      return RegistryFault("\(image.reference) was built on \(day)", at: image.reference, value: day)
    }
  }
}
