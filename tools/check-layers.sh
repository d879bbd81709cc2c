#!/usr/bin/env bash
# Holds the structure of src/: who may include whom, and that the pure layers are pure.
#   tools/check-layers.sh [BUILD_DIR]      with a build folder, its objects are looked at with nm
set -u
cd "$(dirname "$0")/.." || exit 2
failed=0
say() { echo "check-layers: $*" >&2; failed=1; }

# The layers that a layer may include besides itself. apps may include everything.
allowed() {
    case $1 in
    base) echo "" ;;
    dsp | readers | sim | infer) echo "base" ;;
    sense) echo "base dsp" ;;
    core) echo "base dsp readers sense" ;;
    server) echo "base dsp readers sense sim core infer" ;;
    *) echo "?" ;;
    esac
}

for dir in src/*/; do
    layer=$(basename "$dir")
    ok=" $layer $(allowed "$layer") "
    [[ $ok == *"?"* ]] && say "src/$layer is not a known layer" && continue
    while IFS=: read -r file line text; do
        other=$(sed -E 's/.*"([a-z0-9]+)\/.*/\1/' <<<"$text")
        [[ $ok == *" $other "* ]] || say "$file:$line: $layer may not include $other"
    done < <(grep -nE '^#include "[a-z0-9]+/' "$dir"*.[ch] /dev/null)
done

# Purity: nothing is called but arithmetic, memory and strings; no mutable data of static storage.
pure='^(mem(cpy|set|move|cmp|chr)|str(len|cmp|ncmp|chr|nlen)|__stack_chk_fail|__assert_fail|_GLOBAL_OFFSET_TABLE_|__(fpclassify|finite|isnan|isinf)f?|aw_.*)$'
libm='^(a?(sin|cos|tan)h?|atan2|sincos|exp2?|expm1|log(2|10|1p|b)?|pow|sqrt|cbrt|hypot|fabs|floor|ceil|trunc|round|l?l?r(int|ound)|nearbyint|fmod|remainder|f(max|min|dim)|copysign|[lt]gamma|erfc?|ldexp|frexp|modf|scalbl?n|c(abs|arg|exp|sqrt))f?$'
exempt='^session\.c\.o:(calloc|free)$' # aw_session_create() and _destroy(): the only allocation

check_archive() {
    local layer=$1 archive=$2 object= name type
    local relocated
    relocated=" $(objdump -t "$archive" | awk '$4 ~ /^\.data\.rel\.ro/ || $3 ~ /^\.data\.rel\.ro/ { print $NF }' | tr '\n' ' ') "
    while read -r a b c; do
        if [[ $a == *.o: ]]; then object=${a%:}; continue; fi
        if [[ $a == U ]]; then type=U name=$b; else type=$b name=${c:-}; fi
        case $type in
        U)
            [[ $name =~ $pure || $name =~ $libm || "$object:$name" =~ $exempt ]] ||
                say "$layer/$object calls $name"
            ;;
        [bBdDC])
            [[ $relocated == *" $name "* ]] || say "$layer/$object has mutable static data: $name"
            ;;
        esac
    done < <(nm "$archive")
}

if [ $# -gt 0 ]; then
    for layer in base dsp readers sense sim core infer; do
        archive=$1/src/libaw_$layer.a
        [ -f "$archive" ] && check_archive "$layer" "$archive"
    done
fi
[ $failed = 0 ] && echo "check-layers: structure and purity hold"
exit $failed
