internal import Crypto
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JWTKit

/// Signs the assertion by which a registered application proves who it is with its certificate.
///
/// - SeeAlso: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>
struct EntraAssertion: Sendable {
  let clientID: String
  /// The token URL.
  let audience: String
  let certificatePEM: Secret
  let keyPEM: Secret
  let algorithm: EntraConfiguration.Algorithm

  /// Why there is no assertion; what a parser says of a key stays inside: it may quote the key.
  enum Failure: Error {
    case certificate
    case key
  }

  private struct Claims: JWTPayload {
    var aud: AudienceClaim
    var iss: IssuerClaim
    var sub: SubjectClaim
    var jti: IDClaim
    var nbf: NotBeforeClaim
    var iat: IssuedAtClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// A fresh assertion: ten minutes long, good for one use.
  func signed(at now: Timestamp) async throws(Failure) -> String {
    // Whole seconds: a date with a fraction is no NumericDate to every reader.
    let issued = Date(timeIntervalSince1970: Double(now.milliseconds / 1000))
    let claims = Claims(
      aud: AudienceClaim(value: audience), iss: IssuerClaim(value: clientID),
      sub: SubjectClaim(value: clientID), jti: IDClaim(value: UUID().uuidString),
      nbf: NotBeforeClaim(value: issued), iat: IssuedAtClaim(value: issued),
      exp: ExpirationClaim(value: issued.addingTimeInterval(600)))
    guard let der = certificatePEM.withExposed({ Self.der($0) }) else { throw .certificate }
    let keyText = keyPEM.withExposed { Self.block("PRIVATE KEY", in: $0) }
    guard let keyText, let key = try? Insecure.RSA.PrivateKey(pem: keyText) else { throw .key }
    var header = JWTHeader()
    header.typ = "JWT"
    let keys = JWTKeyCollection()
    do {
      switch algorithm {
      case .ps256:
        header.x5tS256 = Self.base64url(SHA256.hash(data: der))
        await keys.add(pss: key, digestAlgorithm: .sha256)
      case .rs256:
        header.x5t = Self.base64url(Crypto.Insecure.SHA1.hash(data: der))
        await keys.add(rsa: key, digestAlgorithm: .sha256)
      }
      return try await keys.sign(claims, header: header)
    } catch {
      throw .key
    }
  }

  /// The certificate's DER.
  static func der(_ pem: String) -> Data? {
    guard let block = block("CERTIFICATE", in: pem) else { return nil }
    let body = block.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
    return Data(base64Encoded: body.joined())
  }

  /// The first block of a kind in a PEM text; `PRIVATE KEY` takes in `RSA PRIVATE KEY`.
  private static func block(_ kind: String, in pem: String) -> String? {
    var lines: [Substring] = []
    for line in pem.split(whereSeparator: \.isNewline) {
      if lines.isEmpty {
        if line.hasPrefix("-----BEGIN"), line.contains("\(kind)-----") { lines.append(line) }
        continue
      }
      lines.append(line)
      if line.hasPrefix("-----END") { return lines.joined(separator: "\n") + "\n" }
    }
    return nil
  }

  private static func base64url(_ digest: some Sequence<UInt8>) -> String {
    Data(digest).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
