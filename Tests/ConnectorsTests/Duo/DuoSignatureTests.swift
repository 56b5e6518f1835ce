import CurlTransport
import Testing

@testable import Duo

@Suite("Duo's signatures") struct DuoSignatureTests {
  private let signature = DuoSignature(
    integrationKey: "DIACME0000000000TEST",
    secretKey: Secret("acmeSecretKeyForDocsOnly0123456789abcdef"))

  @Test(
    "a request is signed as Duo's own client signs it",
    arguments: [
      (
        DuoSignature.Version.v2,
        "590fe221152a00a97cf080b380177e215a5ec3323a41f59104044c3af5cc5fd7"
          + "4f23d76dbee58c5185dcb5d9709a5141c893a26c8eff3a108b0ceccd561b6343"
      ),
      (
        .v5,
        "c2ef82e7d83bd00e65199a79c108960682b003412dc7f893f88a85b8faa7f1b1"
          + "56b845f939173d2b2be8f2c532825b364f7121755762684e0baa7e0336e4e3f6"
      ),
    ])
  func vectors(version: DuoSignature.Version, expected: String) {
    let text = DuoSignature.text(
      version, date: "Tue, 03 Nov 2026 09:15:00 -0000", method: "get",
      host: "API-ACME0001.duosecurity.com", path: "/admin/v1/users",
      query: DuoSignature.canonical([("offset", "0"), ("limit", "300")]))
    #expect(signature.digest(text) == expected)
  }

  @Test("parameters are encoded and sorted")
  func parameters() {
    let text = DuoSignature.canonical([
      ("x y", "a/b~c*é"), ("username", "ana.o'neil+vpn@acme.com"),
    ])
    #expect(text == "username=ana.o%27neil%2Bvpn%40acme.com&x%20y=a%2Fb~c%2A%C3%A9")
  }

  @Test("the date is written as it is signed")
  func date() {
    #expect(DuoSignature.date(seconds: 1_793_697_300) == "Tue, 03 Nov 2026 09:15:00 -0000")
  }
}
