import Findings
import Images
import PodSecurity

struct AccountWithoutPassword: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-account-without-password", title: "Account without a password", severity: .high,
    rationale: "Whoever gets a shell, or finds a login, becomes this account without knowing anything.",
    remediation: "Lock it in the build: `RUN passwd -l NAME`.", benchmark: nil)
  let parts: Set<ImagePart> = [.files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.openAccounts.map {
      BuildMistake(
        "\($0.name) has an empty password in /\($0.file)", at: "/\($0.file)", value: $0.name,
        identity: "/\($0.file) \($0.name)")
    }
  }
}
