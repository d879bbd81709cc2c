document.getElementById("app")!.textContent = "airwake";
