internal import CCurl
internal import Foundation

/// Whom TLS trusts: the system's authorities and, when configured, those of one more file.
enum CertificateAuthorities {
  /// Sets the authorities on a handle.
  static func set(_ extraFile: String?, _ easy: EasyHandle) throws(CurlFailure) {
    guard let extraFile else {
      // With a directory beside the file libcurl reads the file anew for each connection; with the file alone
      // it keeps the parsed form.
      if system.file != nil { try easy.set(CURLOPT_CAPATH, nil) }
      return
    }
    guard access(extraFile, R_OK) == 0 else {
      throw CurlFailure(
        code: .tls, detail: "The file with extra certificates cannot be read: \(extraFile).")
    }
    if system.directory != nil {
      // The directory of the system stays in force, so the file comes on top of it.
      try easy.set(CURLOPT_CAINFO, extraFile)
      return
    }
    // No directory on this system: both files in one piece of memory, which libcurl copies.
    guard var merged = FileManager.default.contents(atPath: extraFile) else {
      throw CurlFailure(
        code: .tls, detail: "The file with extra certificates cannot be read: \(extraFile).")
    }
    if let file = system.file, let bundle = FileManager.default.contents(atPath: file) {
      merged.append(0x0A)
      merged.append(bundle)
    }
    let code = merged.withUnsafeMutableBytes { bytes in
      var blob = curl_blob(
        data: bytes.baseAddress, len: bytes.count, flags: UInt32(CURL_BLOB_COPY))
      return ccurl_setopt_blob(easy.raw, CURLOPT_CAINFO_BLOB, &blob)
    }
    guard code == CURLE_OK else {
      throw CurlFailure(code: .tls, detail: "libcurl refused the file with extra certificates.")
    }
  }

  /// Where libcurl was built to look.
  private static let system: (file: String?, directory: String?) = {
    guard let easy = curl_easy_init() else { return (nil, nil) }
    defer { curl_easy_cleanup(easy) }
    func path(_ info: CURLINFO) -> String? {
      var text: UnsafeMutablePointer<CChar>?
      guard ccurl_getinfo_string(easy, info, &text) == CURLE_OK, let text else { return nil }
      let path = String(cString: text)
      return access(path, R_OK) == 0 ? path : nil
    }
    return (path(CURLINFO_CAINFO), path(CURLINFO_CAPATH))
  }()
}
