const types = {
  apng: 'image/apng', avif: 'image/avif', bmp: 'image/bmp', gif: 'image/gif', heic: 'image/heic', heif: 'image/heif', ico: 'image/x-icon',
  jfif: 'image/jpeg', jpeg: 'image/jpeg', jpg: 'image/jpeg', jxl: 'image/jxl', png: 'image/png', svg: 'image/svg+xml', tif: 'image/tiff',
  tiff: 'image/tiff', webp: 'image/webp'
};

async function handler(event) {
  const headers = event.response.headers;
  const said = headers['content-type'];
  if (contentTypes && said && (said.value === 'binary/octet-stream' || said.value === 'application/octet-stream')) {
    const type = types[event.request.uri.split('.').pop().toLowerCase()];
    if (type) {
      headers['content-type'] = {value: type};
    }
  }
  return own ? own(event) : event.response;
}
