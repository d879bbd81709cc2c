"""Variables of MATLAB files, version 5 (scipy) and 7.3 (HDF5: h5py), with MATLAB's order of axes."""
import numpy as np


def variables(path, names):
    """Those of names that are there; at least one is. Complex numbers are complex."""
    with open(path, "rb") as f:
        head = f.read(520)
    if not head:
        raise ValueError("empty file")
    hdf = head.startswith(b"\x89HDF") or head[512:516] == b"\x89HDF"
    found = of_hdf(path, names) if hdf else of_5(path, names)
    if not found:
        raise ValueError(f"no variable {' or '.join(names)}")
    return found


def of_5(path, names):
    from scipy.io import loadmat
    try:
        found = loadmat(path, variable_names=names)
    except Exception as why:  # scipy says what is wrong in many ways
        raise ValueError(f"not a MATLAB file: {why}") from why
    return {k: found[k] for k in names if k in found}


def of_hdf(path, names):
    try:
        import h5py
    except ImportError as why:
        raise ValueError("a MATLAB 7.3 file, which needs the Python package h5py") from why
    found = {}
    with h5py.File(path, "r") as f:
        for name in names:
            if name not in f:
                continue
            value = f[name][()]
            if value.dtype.names == ("real", "imag"):
                value = value["real"] + 1j * value["imag"]
            found[name] = np.transpose(value)  # HDF5 has the axes of MATLAB the other way round
    return found
