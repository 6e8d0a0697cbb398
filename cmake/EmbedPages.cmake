# Writes the files under FOLDER into OUTPUT, a source file that defines page_files(). Run as a
# script when building: cmake -D FOLDER=… -D OUTPUT=… -P EmbedPages.cmake
file(GLOB_RECURSE names RELATIVE "${FOLDER}" "${FOLDER}/templates/*" "${FOLDER}/static/*"
     "${FOLDER}/texts.toml")
list(SORT names)
set(source "#include \"http/pages/page_files.hpp\"\n\nnamespace tinybook::http {\n\n")
string(APPEND source "std::span<const page_file> page_files() {\n"
                     "  static constexpr page_file files[] = {\n")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" content)
  string(APPEND source "{\"${name}\", R\"__tinybook__(${content})__tinybook__\"},\n")
endforeach()
string(APPEND source "  };\n  return files;\n}\n\n} // namespace tinybook::http\n")
file(WRITE "${OUTPUT}" "${source}")
