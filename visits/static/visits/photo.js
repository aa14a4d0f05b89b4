// A picture of a room, made small: drawing it again leaves out where and when it was taken.
"use strict";

const MOST = 1280;
const QUALITY = 0.8;

/** The bytes of a JPEG of at most 1,280 pixels a side, without metadata. Throws what is no image. */
export async function small(file) {
  // Where the option is not known it is refused: what it asks for is then the rule.
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  const scale = Math.min(1, MOST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new Uint8Array(await blob.arrayBuffer());
}
