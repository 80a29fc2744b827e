// Reads a label with the camera and types its code into the field a keyboard scanner types into.
// Browsers that read codes themselves do; for others our own copy of zxing is fetched then.
"use strict";
(() => {
  const box = document.querySelector("[data-scanner]");
  if (!box) return;
  const button = box.querySelector("[data-camera]");
  const video = box.querySelector("video");
  const says = box.querySelector("[data-says]");
  const field = box.querySelector('input[name="scan"]');
  const label = button.textContent;
  const EVERY_MS = 150;
  let stream = null;
  let isAsking = false;
  button.hidden = false;

  function stop(words) {
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null;
    video.hidden = true;
    button.textContent = label;
    says.textContent = words || "";
  }

  function fail(words) {
    stop(words);
    field.focus();
  }

  function load(address) {
    return new Promise((done, failed) => {
      if (window.ZXing) return done();
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => done();
      script.onerror = failed;
      document.head.append(script);
    });
  }

  async function ofBrowser() {
    if (!("BarcodeDetector" in window)) return null;
    const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!known.includes("qr_code")) return null;
    const detector = new window.BarcodeDetector({ formats: known });
    return async () => (await detector.detect(video))[0]?.rawValue || "";
  }

  async function ofOurs() {
    await load(box.dataset.vendor);
    const reader = new window.ZXing.MultiFormatReader();
    const canvas = document.createElement("canvas");
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      drawing.drawImage(video, 0, 0);
      const source = new window.ZXing.HTMLCanvasElementLuminanceSource(canvas);
      const picture = new window.ZXing.BinaryBitmap(new window.ZXing.HybridBinarizer(source));
      try {
        return reader.decode(picture).getText();
      } catch (nothing) {
        return "";
      }
    };
  }

  // A camera may have been stopped, and begun anew, since this one was.
  async function look(read, through) {
    if (stream !== through) return;
    const code = video.videoWidth ? await read() : "";
    if (stream !== through) return;
    if (!code) {
      window.setTimeout(() => look(read, through), EVERY_MS);
      return;
    }
    stop(code);
    field.value = code;
    field.form.requestSubmit(document.getElementById("scan-go"));
  }

  async function start() {
    if (isAsking) return;
    if (!navigator.mediaDevices?.getUserMedia) return fail(box.dataset.none);
    isAsking = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
      });
    } catch (problem) {
      const denied = problem.name === "NotAllowedError" || problem.name === "SecurityError";
      return fail(denied ? box.dataset.denied : box.dataset.lost);
    } finally {
      isAsking = false;
    }
    const begun = stream;
    video.srcObject = begun;
    video.hidden = false;
    button.textContent = box.dataset.stop;
    says.textContent = box.dataset.looking;
    try {
      await video.play();
      await look((await ofBrowser()) || (await ofOurs()), begun);
    } catch (problem) {
      if (stream === begun) fail(box.dataset.none);  // else somebody stopped it before it began
    }
  }

  button.addEventListener("click", () => (stream ? stop() : start()));
  window.addEventListener("pagehide", () => stop());
})();
